import type { KeyedRandom } from '../random.js';
import type { PacketIdentity } from './flow.js';

/** A packet on its way through a path. The stage owns `frame` and may rewrite it in place. */
export interface PathPacket extends PacketIdentity {
  readonly frame: Uint8Array;
}

/** What a stage can do with the packet in hand. It must call exactly one of `pass`, `drop`, `hold`. */
export interface StageActions {
  /** Uniform in [0, 1), the stage's n-th draw for this packet. */
  random(draw: number): number;
  pass(): void;
  drop(): void;
  /** Lets the packet on after `ms` milliseconds. */
  hold(ms: number): void;
  /** Sends a further copy of the packet down the rest of the path, before the packet itself. */
  duplicate(): void;
  /** Notes that the packet was rewritten, with the new value. */
  note(action: string, value: number): void;
}

/** One impairment or one rewrite of a path, in one direction. */
export interface Stage {
  readonly kind: string;
  /** Reads like the scenario file, for reports. */
  readonly text: string;
  process(packet: PathPacket, actions: StageActions): void;
}

/** A keyed stream and a packet's place in it; draws of one packet never meet another's. */
export function drawFor(random: KeyedRandom, packet: PacketIdentity, draw: number): number {
  const ports = (packet.proberPort << 16) | packet.machinePort;
  const place = (packet.ordinal << 12) ^ (packet.copy << 6) ^ draw ^ (packet.protocol << 24);
  return random(packet.proberAddress | 0, ports, place);
}

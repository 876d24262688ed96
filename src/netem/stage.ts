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
  /** Sends a further copy of the packet down the rest of the path, before the packet itself; at most once. */
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

/**
 * A keyed stream and a packet's place in it; draws of one packet never meet another's: ordinals up to 2^32,
 * copies of up to 20 `duplicate` stages, 16 draws a packet and stage.
 */
export function drawFor(random: KeyedRandom, packet: PacketIdentity, draw: number): number {
  const ports = (packet.proberPort << 16) | packet.machinePort;
  const rest = (packet.copy << 12) | (packet.protocol << 4) | draw;
  return random(packet.proberAddress | 0, ports, packet.ordinal | 0, rest);
}

/** A number for people: 0.07 * 100 reads 7, not 7.000000000000001. */
export function plain(value: number): string {
  return String(Number(value.toPrecision(12)));
}

import type { KeyedRandom } from '../random.js';
import type { Process } from './correlated.js';
import type { Direction, Flow, PacketIdentity } from './flow.js';

/** A packet on its way through a path. The stage owns `frame`, and may rewrite it in place or replace it. */
export interface PathPacket extends PacketIdentity {
  /** Ethernet and a whole IPv4 header, as `isIpv4Frame` says; nothing else is sure to be right. */
  frame: Uint8Array;
  /** Number of the probe packet, 0..2^32-1: the prober's address less the path's origin. An answer has its probe's. */
  readonly probe: number;
  /**
   * The packet's place in the sequence in which probe packets are sent, 0..2^32-1. An answer has the place of its
   * probe. It says nothing about time.
   */
  readonly position: number;
}

/** What a stage can do with the packet in hand. It must call exactly one of `pass`, `drop`, `hold`. */
export interface StageActions {
  /** Which way the packet goes. */
  readonly direction: Direction;
  /** Uniform in [0, 1), the stage's n-th draw for this packet, n in 0..15. */
  random(draw: number): number;
  /** Uniform in [0, 1), the n-th draw for a flow: the same for all its packets and in both halves of a pair. */
  flowRandom(flow: Flow, draw: number): number;
  /** The state of a random process at the packet's place in the sequence of probes. */
  stateOf<State>(process: Process<State>): State;
  /** Milliseconds since the first packet entered the path: what depends on it is not reproducible to the packet. */
  elapsed(): number;
  /** Packets of this direction that wait in this stage and those after it. */
  queued(): number;
  pass(): void;
  drop(): void;
  /** Lets the packet on after `ms` milliseconds; notes that time, or `noted` where it is not reproducible. */
  hold(ms: number, noted?: number): void;
  /** Sends a further copy of the packet down the rest of the path, before the packet itself; at most once. */
  duplicate(): void;
  /**
   * Sends a packet of the stage's own making, which it must not touch again: a RST, an ICMP error. It goes on from
   * here. Where the other half of a pair stands is plain; what a stage of one direction sends the other way meets
   * all stages of that direction in the same list of the path.
   */
  emit(direction: Direction, frame: Uint8Array): void;
  /** Takes the packet's flow, number and position from its frame anew, for a stage that translated its addresses. */
  reidentify(): void;
  /**
   * Notes that the packet was rewritten, with a value that follows from the scenario alone, after the rewrite and
   * before anything is sent on: the bytes that changed are found here.
   */
  note(action: string, value: number): void;
}

export type StageProcess = (packet: PathPacket, actions: StageActions) => void;

interface StageNature {
  readonly kind: string;
  /** Reads like the scenario file, for reports. */
  readonly text: string;
  /** Must be said by a stage that may call `duplicate` (`copies`) or `emit` (`packets`, which includes it). */
  readonly makes?: 'copies' | 'packets';
}

/** One impairment or one rewrite of a path, in one direction. */
export interface Stage extends StageNature {
  readonly process: StageProcess;
}

/** A stage that stands in both directions and may keep state across them: NAT, a firewall, a SYN proxy. */
export interface StagePair extends StageNature {
  readonly forward: StageProcess;
  readonly reverse: StageProcess;
}

/**
 * A keyed stream and a packet's place in it; draws of one packet never meet another's: ordinals up to 2^32,
 * copies made by up to 20 stages, 16 draws a packet and stage.
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

import type { Direction } from './flow.js';
import type { Packet } from './packet-pool.js';
import type { KeptFrame } from './rewritten.js';

/** Sees packets at every place of a path; frames are valid during the call. */
export interface PathWatch {
  /** A packet stands before stage `next` of its direction, or behind the last one. */
  at(direction: Direction, next: number, packet: Pick<Packet, 'frame' | 'touched'>): void;
  /** A stage decided about a packet; `kept` is what it was where the stage may have rewritten it. */
  decided(packet: Packet, stage: string, action: string, value: number, kept: KeptFrame | undefined): void;
  /** A packet is dropped. */
  lost(packet: Packet): void;
}

import type { Direction } from '../flow.js';
import type { Rewritten } from '../rewritten.js';

/** One decision as a packet lived it; its frames where they are known. */
export interface Deed {
  readonly action: string;
  readonly value: number;
  readonly rewritten: Rewritten | undefined;
  readonly before: Uint8Array | undefined;
  readonly after: Uint8Array | undefined;
  /** The packet that the stage made of its own, if this is one. */
  readonly made: Uint8Array | undefined;
}

/** A packet at a stage; without deeds it passed as it was. */
export interface Visit {
  /** Position of the stage in its direction. */
  readonly stage: number;
  /** The stage's name: `loss`, `delay`, ... */
  readonly kind: string;
  readonly text: string;
  readonly deeds: readonly Deed[];
}

/** How a packet came to be in the path: it entered at an end, or a stage copied or made it. */
export type Origin = 'end' | 'copied' | 'made';

/** The way of one packet through one direction of a path, from where it began to where it left or was dropped. */
export interface Journey {
  readonly direction: Direction;
  readonly origin: Origin;
  /** The stage that copied or made it. */
  readonly by: string | undefined;
  /** Which of its flow's packets it is, from 0. */
  readonly ordinal: number;
  /** The frame as it began; undefined where nothing kept it. */
  readonly began: Uint8Array | undefined;
  readonly visits: readonly Visit[];
  readonly end: 'delivered' | 'dropped';
  /** The frame as it left, or as it was dropped. */
  readonly left: Uint8Array | undefined;
  /** What was rewritten since the packet entered the path or was made, in order, by those it was copied from too. */
  readonly rewrites: readonly Rewritten[];
  /** Packets that stages copied from it or made about it. */
  readonly offspring: readonly Journey[];
}

/** A journey and all that came of it, itself first. */
export function family(journey: Journey): Journey[] {
  return [journey, ...journey.offspring.flatMap(family)];
}

import { createHash } from 'node:crypto';
import type { Direction, PacketIdentity } from './flow.js';
import type { Rewritten } from './rewritten.js';

/** One decision of one stage about one packet. */
export interface Decision extends PacketIdentity, Partial<Rewritten> {
  readonly direction: Direction;
  /** Position of the stage in its direction, from 0. */
  readonly stage: number;
  /** The stage's name: `loss`, `delay`, ... */
  readonly kind: string;
  /** What was decided: `drop`, `hold`, `duplicate`, `emit`, `set`, ... */
  readonly action: string;
  /** The decision's number: delay in microseconds, the TTL set, extra copies, bytes emitted; 0 for a drop. */
  readonly value: number;
}

function compare(a: Decision, b: Decision): number {
  return (
    (a.direction < b.direction ? -1 : a.direction > b.direction ? 1 : 0) ||
    a.proberAddress - b.proberAddress ||
    a.proberPort - b.proberPort ||
    a.machinePort - b.machinePort ||
    a.protocol - b.protocol ||
    a.ordinal - b.ordinal ||
    a.copy - b.copy ||
    a.stage - b.stage
  );
}

/** Every decision of a path, kept in the canonical order of packet identity rather than of time. */
export class DecisionLog {
  private readonly decisions: Decision[] = [];

  add(decision: Decision): void {
    this.decisions.push(decision);
  }

  get length(): number {
    return this.decisions.length;
  }

  /** Decisions sorted by direction, identity and stage: equal for equal scenario and seed. */
  sorted(): Decision[] {
    return [...this.decisions].sort(compare);
  }
}

/**
 * SHA-256, hex, over decisions in canonical order. What bytes were is left out: in an answer they are the machine's,
 * which may draw them at random.
 */
export function digestDecisions(decisions: Iterable<Decision>): string {
  const hash = createHash('sha256');
  for (const d of decisions)
    hash.update(
      `${d.direction} ${d.proberAddress}:${d.proberPort} ${d.machinePort} ${d.protocol} ${d.ordinal}.${d.copy} ` +
        `${d.stage} ${d.kind} ${d.action} ${d.value}\n`,
    );
  return hash.digest('hex');
}

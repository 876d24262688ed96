import { createHash } from 'node:crypto';
import type { Direction, PacketIdentity } from './flow.js';

/** One decision of one stage about one packet. */
export interface Decision extends PacketIdentity {
  readonly direction: Direction;
  /** Position of the stage in its direction, from 0. */
  readonly stage: number;
  /** The stage's name: `loss`, `delay`, ... */
  readonly kind: string;
  /** What was decided: `drop`, `hold`, `duplicate`, `emit`, `set`, ... */
  readonly action: string;
  /** The decision's number: delay in microseconds, the TTL set, extra copies, bytes emitted; 0 for a drop. */
  readonly value: number;
  /** Bytes that were rewritten, as they were and as they are, hex; left out where `value` says it all. */
  readonly before?: string;
  readonly after?: string;
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

/** SHA-256, hex, over decisions in canonical order. */
export function digestDecisions(decisions: Iterable<Decision>): string {
  const hash = createHash('sha256');
  for (const d of decisions)
    hash.update(
      `${d.direction} ${d.proberAddress}:${d.proberPort} ${d.machinePort} ${d.protocol} ${d.ordinal}.${d.copy} ` +
        `${d.stage} ${d.kind} ${d.action} ${d.value}${d.before === undefined ? '' : ` ${d.before} ${d.after}`}\n`,
    );
  return hash.digest('hex');
}

import type { Command } from '../compile/command.js';
import { type Faults, Inexpressible } from '../compile/inexpressible.js';
import type { ImpairmentSpec } from '../impairment/index.js';
import type { PlacedSpec } from '../placed-spec.js';
import { netemArguments } from './netem-arguments.js';

/** A placed stage that queues. */
export type PlacedImpairment = PlacedSpec & { readonly spec: ImpairmentSpec };

/** Without a `limit` stage there is none: netem's own default of 1000 packets would be one. */
const unlimited = 1_000_000;

const holders: ReadonlySet<string> = new Set(['delay', 'reorder', 'rate', 'slot']);

interface Queue {
  readonly at: readonly PlacedImpairment[];
  limit: number;
}

/** True where packets leave a stage in the order in which they came. */
export function keepsOrder(spec: ImpairmentSpec): boolean {
  return (spec.kind === 'delay' && spec.jitter === 0) || spec.kind === 'rate' || spec.kind === 'slot';
}

function hasLimit(at: PlacedImpairment, rest: readonly PlacedImpairment[]): void {
  const next = rest[0];
  const waiting = rest.filter(({ spec }) => holders.has(spec.kind));
  if (next && holders.has(next.spec.kind) && waiting.length === 1 && at.spec.when === undefined) return;
  throw new Inexpressible(
    "netem's limit is that of one queue, and this stage counts all that wait behind it",
    'put it right before the last stage that makes packets wait',
  );
}

/** The order in which one netem does what it does, where that is the same as one stage after another. */
const inOneNetem = ['duplicate', 'corrupt', 'delay', 'rate', 'slot'];

/**
 * Copies go back to the root of the queues (sch_netem.c `netem_enqueue`), and recent kernels refuse other netems
 * beside one that duplicates: such a lane must be one netem as a whole.
 */
function mergeable(stages: readonly PlacedImpairment[]): boolean {
  const kinds = stages.map(({ spec }) => (spec.kind === 'reorder' ? 'delay' : spec.kind));
  const ranks = kinds.map((kind) => inOneNetem.indexOf(kind));
  const rising = ranks.every((rank, index) => rank >= 0 && rank > (ranks[index - 1] ?? -1));
  const overtaking = stages.some(
    ({ spec }) => spec.kind === 'reorder' || (spec.kind === 'delay' && !keepsOrder(spec)),
  );
  return rising && !(overtaking && kinds.some((kind) => kind === 'rate' || kind === 'slot'));
}

function queuesOf(stages: readonly PlacedImpairment[], faults: Faults): Queue[] {
  const queues: Queue[] = [];
  let limit = unlimited;
  for (const [index, at] of stages.entries()) {
    if (at.spec.kind === 'limit') {
      const { packets } = at.spec;
      faults.try(at, () => hasLimit(at, stages.slice(index + 1)));
      limit = Math.min(limit, packets);
      continue;
    }
    queues.push({ at: [at], limit });
    limit = unlimited;
  }
  const all = queues.flatMap(({ at }) => at);
  const duplicating = all.find(({ spec }) => spec.kind === 'duplicate');
  if (!duplicating || queues.length === 1) return queues;
  if (!mergeable(all))
    faults.add(duplicating, {
      why: 'the kernel sends copies back to the first of its queues, so that they meet the stages before again',
      instead:
        'put it first, and behind it only `corrupt`, one `delay`, and `rate` where the delay has no jitter',
    });
  return [{ at: all, limit: Math.min(...queues.map((queue) => queue.limit)) }];
}

/**
 * Impairments of one direction, in the order in which a packet meets them, as netem qdiscs on the egress of
 * `device`: each is the child of the one before it, which hands its packets on to it.
 */
export function qdiscCommands(
  stages: readonly PlacedImpairment[],
  device: string,
  tc: string,
  faults: Faults,
): Command[] {
  const queues = queuesOf(stages, faults);
  const qdiscs = queues.map(({ at, limit }) => {
    const args = at.flatMap((one) => faults.try(one, () => netemArguments(untimed(one))) ?? []);
    return ['netem', 'limit', String(limit), ...args];
  });
  return qdiscs.map((qdisc, index) => {
    const handle = `${(index + 1).toString(16)}:`;
    const parent = index === 0 ? ['root'] : ['parent', `${index.toString(16)}:1`];
    const verb = index === 0 ? 'replace' : 'add';
    return { argv: [tc, 'qdisc', verb, 'dev', device, ...parent, 'handle', handle, ...qdisc] };
  });
}

function untimed({ spec }: PlacedImpairment): Exclude<ImpairmentSpec, { kind: 'limit' }> {
  return spec as Exclude<ImpairmentSpec, { kind: 'limit' }>;
}

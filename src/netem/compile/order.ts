import { isImpairment } from '../impairment/index.js';
import type { PlacedSpec } from '../placed-spec.js';
import { pairedKinds, type StageSpec } from '../stages.js';
import { keepsOrder, type PlacedImpairment } from '../tc/qdiscs.js';
import type { Faults } from './inexpressible.js';

/**
 * Where the stages of one direction go. The kernel's order is fixed: queues on the way in (an ifb), netfilter hooks,
 * routing and connection tracking, netfilter hooks, queues on the way out.
 */
export interface LanePlan {
  readonly early: readonly PlacedImpairment[];
  readonly before: readonly PlacedSpec[];
  /** What the kernel does where it routes: at most one of a kind, in no order. */
  readonly core: readonly PlacedSpec[];
  readonly after: readonly PlacedSpec[];
  readonly late: readonly PlacedImpairment[];
}

const simulated = 'change the order, or keep it in the simulated path';

/** Stages that need the kernel to route. */
export function isCore({ kind }: StageSpec): boolean {
  return pairedKinds.has(kind) || kind === 'mtu';
}

function answers(spec: StageSpec): boolean {
  return spec.kind === 'syn-proxy' || spec.kind === 'mtu' || spec.kind === 'rst-inject';
}

function draws(spec: StageSpec): boolean {
  return (spec.kind === 'ecn' && 'mark' in spec) || (spec.kind === 'ip-id' && spec.to !== 'zero');
}

function drops({ kind }: StageSpec): boolean {
  return kind === 'icmp-filter' || kind === 'fragments';
}

/** True where it makes no difference whether a packet meets an impairment or another stage first. */
function commutes({ spec }: PlacedImpairment, other: StageSpec): boolean {
  if (answers(other) || spec.kind === 'corrupt' || spec.kind === 'fault') return false;
  if (isCore(other)) return spec.kind === 'delay' && keepsOrder(spec);
  if (spec.kind === 'duplicate') return !draws(other);
  if (!drops(other)) return true;
  return spec.kind === 'delay' || (spec.kind === 'loss' && !spec.correlation);
}

/** Touches nothing that connection tracking reads, and so may as well come after it. */
const unseenByTracking: ReadonlySet<string> = new Set(['ttl', 'tos', 'dscp', 'df', 'reserved-bits']);

/** Sorts the stages of one direction, which come in the order in which a packet meets them. */
export function planLane(lane: readonly PlacedSpec[], faults: Faults): LanePlan {
  const queues = lane.filter((at): at is PlacedImpairment => isImpairment(at.spec));
  const others = lane.filter(({ spec }) => !isImpairment(spec));
  const isBefore = (a: PlacedSpec, b: PlacedSpec) => lane.indexOf(a) < lane.indexOf(b);
  // Queues on the way in are only for what cannot wait until the way out.
  const early = queues.slice(
    0,
    queues.findLastIndex((queue) =>
      others.some((other) => isBefore(queue, other) && !commutes(queue, other.spec)),
    ) + 1,
  );
  for (const queue of early)
    for (const other of others)
      if (isBefore(other, queue) && !commutes(queue, other.spec))
        faults.add(queue, {
          why: `it stands between rewrites that it must not change places with, and the kernel has queues only before and behind them`,
          instead: simulated,
        });
  const core = others.filter(({ spec }) => isCore(spec));
  const [first, last] = [core[0], core.at(-1)];
  const before: PlacedSpec[] = [];
  const after: PlacedSpec[] = [];
  for (const at of others) {
    if (isCore(at.spec)) continue;
    if (!first || isBefore(at, first)) before.push(at);
    else {
      after.push(at);
      if (isBefore(at, last!) && !unseenByTracking.has(at.spec.kind) && at.spec.kind !== 'fragments')
        faults.add(at, {
          why: 'it stands between stages that the kernel does in one place, where it routes',
          instead: 'put it before or behind them',
        });
    }
  }
  return { early, before, core, after, late: queues.slice(early.length) };
}

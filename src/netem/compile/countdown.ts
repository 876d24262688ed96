import type { PlacedSpec } from '../placed-spec.js';
import type { LanePlan } from './order.js';

function decrementOf({ spec }: PlacedSpec): number | undefined {
  return spec.kind === 'ttl' && 'decrement' in spec ? spec.decrement : undefined;
}

function lowered(at: PlacedSpec): PlacedSpec[] {
  const rest = decrementOf(at)! - 1;
  return rest === 0 ? [] : [{ ...at, spec: { kind: 'ttl', decrement: rest } }];
}

/** Routing itself counts one hop down: takes it from the decrement nearest to it, or undefined where there is none. */
export function withoutRoutedHop(plan: LanePlan): LanePlan | undefined {
  const isTtl = ({ spec }: PlacedSpec) => spec.kind === 'ttl';
  const behind = plan.after.findIndex(isTtl);
  if (behind >= 0 && decrementOf(plan.after[behind]!) !== undefined)
    return { ...plan, after: plan.after.toSpliced(behind, 1, ...lowered(plan.after[behind]!)) };
  const ahead = plan.before.findLastIndex(isTtl);
  if (ahead >= 0 && decrementOf(plan.before[ahead]!) !== undefined)
    return { ...plan, before: plan.before.toSpliced(ahead, 1, ...lowered(plan.before[ahead]!)) };
  return undefined;
}

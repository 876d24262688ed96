import type { CompactSummary } from '../../dataset/compact-summary.js';
import type { MachineRecord } from '../run-folder.js';
import { type FactorView, factors } from './factors.js';

export interface Instance {
  readonly record: MachineRecord;
  /** All of one table. */
  readonly summary: CompactSummary;
}

/** Equal machines that were started one by one. */
export type Boots = readonly [Instance, ...Instance[]];

/** Two sets of machines that differ in one factor and in nothing else. */
export interface Twins {
  readonly factor: FactorView;
  readonly from: { readonly setting: string; readonly boots: Boots };
  readonly to: { readonly setting: string; readonly boots: Boots };
}

function groupBy(instances: readonly Instance[], key: (record: MachineRecord) => string): Boots[] {
  const groups = new Map<string, [Instance, ...Instance[]]>();
  for (const instance of instances) {
    const name = key(instance.record);
    const group = groups.get(name);
    if (group) group.push(instance);
    else groups.set(name, [instance]);
  }
  return [...groups.values()];
}

/** Equal machines, of which there are two or more. */
export function repeated(instances: readonly Instance[]): Boots[] {
  const boot = factors.find(({ factor }) => factor === 'boot')!;
  return groupBy(instances, boot.key).filter((boots) => boots.length > 1);
}

/** For each factor, what comes first in a scenario with each of what differs from it in that factor alone. */
export function twinsOf(instances: readonly Instance[]): Twins[] {
  return factors
    .filter(({ factor }) => factor !== 'boot')
    .flatMap((factor) =>
      groupBy(instances, factor.key).flatMap((alike) => {
        const sides = groupBy(alike, factor.setting).map((boots) => ({
          setting: factor.setting(boots[0].record),
          boots,
        }));
        const [from, ...others] = sides as [(typeof sides)[number], ...typeof sides];
        return others.map((to) => ({ factor, from, to }));
      }),
    );
}

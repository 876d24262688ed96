import type { MachineResult } from '../result.js';
import type { Hierarchy } from './experiments.js';

/** A class of one level and how many machines carry it. */
export interface ClassSize {
  readonly label: string;
  readonly machines: number;
}

/** Classes of `level` (0..2) in a hierarchy, the largest first. */
export function classSizes(
  machines: readonly MachineResult[],
  hierarchy: Hierarchy,
  level: number,
): ClassSize[] {
  const sizes = new Map<string, number>();
  for (const { labels } of machines) {
    const label = labels[hierarchy][level] ?? '';
    sizes.set(label, (sizes.get(label) ?? 0) + 1);
  }
  return [...sizes]
    .map(([label, count]) => ({ label, machines: count }))
    .sort((a, b) => b.machines - a.machines || (a.label < b.label ? -1 : 1));
}

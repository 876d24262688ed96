import type { MachineResult } from '../result.js';
import type { Hierarchy } from './experiments.js';

/** A class of one level and how many machines carry it. */
export interface ClassSize {
  readonly label: string;
  readonly machines: number;
}

/** The class of a machine at `level` (0..2) of a hierarchy; behaviour has level 0 alone. */
export function classOf(machine: MachineResult, hierarchy: Hierarchy, level: number): string {
  const label = hierarchy === 'behaviour' ? machine.behaviour_class : machine.labels[hierarchy][level];
  return label ?? '';
}

/** How many behaviour classes the machines fall into; 0 when the result has none. */
export function countBehaviourClasses(machines: readonly MachineResult[]): number {
  return new Set(machines.flatMap(({ behaviour_class: name }) => name ?? [])).size;
}

/** Classes of `level` (0..2) in a hierarchy, the largest first. */
export function classSizes(
  machines: readonly MachineResult[],
  hierarchy: Hierarchy,
  level: number,
): ClassSize[] {
  const sizes = new Map<string, number>();
  for (const machine of machines) {
    const label = classOf(machine, hierarchy, level);
    sizes.set(label, (sizes.get(label) ?? 0) + 1);
  }
  return [...sizes]
    .map(([label, count]) => ({ label, machines: count }))
    .sort((a, b) => b.machines - a.machines || (a.label < b.label ? -1 : 1));
}

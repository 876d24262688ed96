import { type ConditionInput, conditionSlug } from './conditions-schema.js';
import type { PlannedMachine } from './fleet.js';
import { patternOf } from './image-patterns.js';
import type { PathLists } from './path-schema.js';
import type { Scenario } from './schema.js';
import type { Swept } from './sweep-schema.js';

/** A network condition: the whole path between the prober and a machine, by name. */
export interface Condition {
  /** Empty for the only one of a scenario that names none. */
  readonly name: string;
  /** Its name as part of a file's; empty for the only one. */
  readonly slug: string;
  readonly path: PathLists;
  readonly swept?: Swept | undefined;
  /** Ids of the machines that are measured under it, `*` for any text; default: all. */
  readonly machines?: readonly string[] | undefined;
}

/** One machine under one condition: what is booted, measured, recorded and resumed as one. */
export interface Trial {
  /** Unique in the run and fit for a file name: the machine's own id, or `machine@condition`. */
  readonly id: string;
  readonly machine: PlannedMachine;
  readonly condition: Condition;
}

/** The path of a condition: the scenario's own stages, then the condition's, nearer to the machine. */
export function joinedPath(base: PathLists, { path }: ConditionInput): PathLists {
  return {
    forward: [...base.forward, ...path.forward],
    // On the way back the stages of the condition come first.
    reverse: [...path.reverse, ...base.reverse],
    both: [...base.both, ...path.both],
    boxes: [...base.boxes, ...path.boxes],
  };
}

/** The conditions of a scenario: its own, or the one that its path is. */
export function conditionsOf({ path, conditions }: Pick<Scenario, 'path' | 'conditions'>): Condition[] {
  if (conditions.length === 0) return [{ name: '', slug: '', path }];
  return conditions.map((one) => ({
    name: one.name,
    slug: conditionSlug(one.name),
    path: joinedPath(path, one),
    swept: one.swept,
    machines: one.machines,
  }));
}

/** Id of a machine's trial under a condition. */
export function trialId(machine: string, { slug }: Pick<Condition, 'slug'>): string {
  return slug === '' ? machine : `${machine}@${slug}`;
}

/** Whether a machine is measured under a condition. */
function isOf({ machines }: Condition, id: string): boolean {
  return machines?.some((name) => patternOf(name).test(id)) ?? true;
}

/** Every machine under every condition that is of it, those of one machine together. */
export function trialsOf(scenario: Scenario, fleet: readonly PlannedMachine[]): Trial[] {
  const conditions = conditionsOf(scenario);
  return fleet.flatMap((machine) =>
    conditions
      .filter((condition) => isOf(condition, machine.id))
      .map((condition) => ({ id: trialId(machine.id, condition), machine, condition })),
  );
}

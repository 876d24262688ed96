import { InputError, InputErrors } from '../errors.js';
import type { PlannedMachine } from './fleet.js';
import { patternOf } from './image-patterns.js';
import type { ReadScenario } from './read.js';

/** Throws InputErrors for every machine that a condition names and the fleet has not. */
export function checkConditions({ scenario, place }: ReadScenario, fleet: readonly PlannedMachine[]): void {
  const named = new Map(scenario.conditions.map(({ item, machines = [] }) => [item, machines]));
  const errors = [...named].flatMap(([item, names]) =>
    names.flatMap((name, index) => {
      if (fleet.some(({ id }) => patternOf(name).test(id))) return [];
      return [
        new InputError(`no machine of the scenario is called "${name}"`, {
          place: place(['conditions', item, 'machines', index]),
          remedy: 'list them with: stackbed plan',
        }),
      ];
    }),
  );
  if (errors.length > 0) throw new InputErrors(errors);
}

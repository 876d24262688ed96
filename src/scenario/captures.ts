import { InputError, InputErrors } from '../errors.js';
import { capturePoint, pointNames } from '../netem/capture/points.js';
import { conditionsOf } from './conditions.js';
import { nearestName } from './nearest-name.js';
import { pathSpec } from './path-spec.js';
import type { ReadScenario } from './read.js';
import type { Scenario } from './schema.js';

/** A capture point that some path of the scenario does not have. */
interface Unknown {
  readonly index: number;
  readonly message: string;
}

/** Capture points that are not on every path of a scenario, and what to write instead. */
export function unknownPoints(scenario: Pick<Scenario, 'captures' | 'path' | 'conditions'>): Unknown[] {
  return scenario.captures.flatMap((point, index) => {
    for (const condition of conditionsOf(scenario)) {
      const path = pathSpec(condition);
      if (capturePoint(path, point)) continue;
      const names = pointNames(path);
      const near = nearestName(point, names);
      const where = condition.name === '' ? 'the path' : `the path of "${condition.name}"`;
      const hint = near ? `did you mean "${near}"?` : `it has: ${names.join(', ')}`;
      return [{ index, message: `${where} has no point "${point}"; ${hint}` }];
    }
    return [];
  });
}

/** The scenario with other capture points. Throws InputErrors for those that its path does not have. */
export function withCaptures(read: ReadScenario, captures: readonly string[]): ReadScenario {
  const scenario = { ...read.scenario, captures: [...captures] };
  const unknown = unknownPoints(scenario);
  if (unknown.length > 0)
    throw new InputErrors(unknown.map(({ message }) => new InputError(`--capture: ${message}`)));
  return { ...read, scenario, input: { ...read.input, captures: [...captures] } };
}

import { stringify } from 'yaml';
import type { z } from 'zod';
import { InputError, InputErrors } from '../errors.js';
import type { PathSpec } from '../netem/path.js';
import type { path } from '../scenario/path-schema.js';
import { pathSpec } from '../scenario/path-spec.js';
import { parseScenario } from '../scenario/read.js';
import type { stage } from '../scenario/section-schema.js';

/** A path as `path:` of a scenario has it: `forward`, `reverse`, `both`, `boxes`. */
export type PathInput = z.input<typeof path>;
/** One stage, as `{loss: '5%'}`. */
export type StageInput = z.input<typeof stage>;

const sections = ['forward', 'reverse', 'both', 'boxes'];

const isPath = (given: PathInput | StageInput): given is PathInput =>
  Object.keys(given).every((key) => sections.includes(key));

/** A stage by itself, or a list of them, is for both directions, the first nearest to the prober. */
function wholePath(given: PathInput | StageInput | readonly StageInput[]): PathInput {
  if (Array.isArray(given)) return { forward: [...given], reverse: [...given].reverse() };
  const one = given as PathInput | StageInput;
  return isPath(one) ? one : { forward: [one], reverse: [one] };
}

/** Faults of an object have no place in a file: what names them is their key. */
export function placeless<T>(from: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw withoutPlaces(error, from);
  }
}

/** The error that a program gets, where a file's reader would have got a line and a column. */
export function withoutPlaces(error: unknown, from: string): unknown {
  const bare = (one: InputError) => new InputError(`${from}: ${one.message}`, { remedy: one.remedy });
  if (error instanceof InputErrors) return new InputErrors(error.errors.map(bare));
  return error instanceof InputError ? bare(error) : error;
}

/** The stages of a path that a program describes. Throws InputErrors that name the keys. */
export function pathOf(given: PathInput | StageInput | readonly StageInput[], from: string): PathSpec {
  const text = stringify({ machines: [{ image: 'none' }], path: wholePath(given) });
  return placeless(from, () => pathSpec(parseScenario(text, from).scenario));
}

/** The simulated network before one machine or all of them, which can be changed while they run. */
export class BedPath {
  constructor(readonly apply: (spec: PathSpec) => void) {}

  /**
   * Puts other stages in place of those that are there, with random draws that begin anew; packets on their way are
   * lost, as with `tc qdisc replace`. A stage alone, or a list, stands in both directions. Throws InputErrors.
   *
   * @example
   * bed.path.set({ loss: '5%' });
   * bed.path.set({ reverse: [{ delay: { time: '20ms' } }], boxes: ['home-router-nat'] });
   */
  set(stages: PathInput | StageInput | readonly StageInput[]): void {
    this.apply(pathOf(stages, 'path.set'));
  }

  /** A cable again. */
  clear(): void {
    this.apply({ forward: [], reverse: [] });
  }
}

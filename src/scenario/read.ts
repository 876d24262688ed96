import { readFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { z } from 'zod';
import { InputError, InputErrors, type Place } from '../errors.js';
import { nearestName } from './nearest-name.js';
import { withPrints } from './personalities.js';
import { ScenarioText } from './scenario-text.js';
import { type Scenario, scenarioSchema } from './schema.js';

/** A scenario and the way from a value in it back to its place in the file. */
export interface ReadScenario {
  readonly scenario: Scenario;
  /** The file's content before defaults and units. */
  readonly input: Readonly<Record<string, unknown>>;
  readonly file: string;
  place(path: readonly PropertyKey[]): Place;
}

/** Names that the schema knows at a path, for "did you mean". */
function keysAt(schema: z.ZodType, path: readonly PropertyKey[]): string[] {
  const def = (schema as unknown as { def: Record<string, unknown> & { type: string } }).def;
  switch (def.type) {
    case 'optional':
    case 'default':
    case 'prefault':
    case 'nullable':
      return keysAt(def.innerType as z.ZodType, path);
    case 'pipe':
      return keysAt(def.in as z.ZodType, path);
    case 'union':
      return (def.options as z.ZodType[]).flatMap((option) => keysAt(option, path));
    case 'array':
      return path.length > 0 ? keysAt(def.element as z.ZodType, path.slice(1)) : [];
    case 'object': {
      const shape = def.shape as Record<string, z.ZodType>;
      if (path.length === 0) return Object.keys(shape);
      const child = shape[String(path[0])];
      return child ? keysAt(child, path.slice(1)) : [];
    }
    default:
      return [];
  }
}

interface Located {
  readonly message: string;
  readonly path: readonly PropertyKey[];
  readonly key?: string;
}

function within(path: readonly PropertyKey[]): string {
  return path.length === 0 ? 'the scenario' : path.map(String).join('.');
}

function explain(issue: z.core.$ZodIssue, root: unknown, base: readonly PropertyKey[] = []): Located[] {
  const path = [...base, ...issue.path];
  const given = path.reduce<unknown>((value, key) => (value as Record<PropertyKey, unknown>)?.[key], root);
  const found = given === undefined ? 'nothing' : JSON.stringify(given);
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map((key) => {
        const known = keysAt(scenarioSchema, path);
        const near = nearestName(key, known);
        const hint = near ? `did you mean "${near}"?` : `known here: ${known.join(', ')}`;
        return { message: `unknown key "${key}" in ${within(path)}; ${hint}`, path, key };
      });
    case 'invalid_value': {
      const values = issue.values.map(String);
      const near = nearestName(String(given), values);
      return [
        {
          message: `${within(path)} is ${found}; ${near ? `did you mean "${near}"? ` : ''}valid: ${values.join(', ')}`,
          path,
        },
      ];
    }
    case 'invalid_type':
      return [{ message: `${within(path)} must be ${article(issue.expected)}, found ${found}`, path }];
    case 'invalid_key': {
      const [key, parent] = [String(path.at(-1)), path.slice(0, -1)];
      const why = issue.issues[0]?.message ?? 'not a valid name';
      return [{ message: `"${key}" in ${within(parent)}: ${why}`, path: parent, key }];
    }
    case 'invalid_union': {
      if ('options' in issue && issue.options)
        return [{ message: `${within(path)} is ${found}; valid: ${issue.options.join(', ')}`, path }];
      // The branch that came furthest is the one that was meant.
      const branches = issue.errors.map((errors) => errors.flatMap((inner) => explain(inner, root, path)));
      const deepest = branches.reduce((a, b) => (depth(b) > depth(a) ? b : a), branches[0] ?? []);
      return deepest.length > 0 ? deepest : [{ message: `${within(path)} is not valid: ${found}`, path }];
    }
    case 'custom':
      return [{ message: `${within(path)}: ${issue.message}`, path }];
    default:
      return [{ message: `${within(path)} is ${found}: ${issue.message}`, path }];
  }
}

function depth(located: readonly Located[]): number {
  return Math.max(
    -1,
    ...located.map((item) => item.path.length + (item.message.includes(' must be ') ? 0 : 0.5)),
  );
}

function article(expected: string): string {
  const names: Record<string, string> = { object: 'a mapping', array: 'a list', int: 'a whole number' };
  return names[expected] ?? `${/^[aeiou]/.test(expected) ? 'an' : 'a'} ${expected}`;
}

/** The same scenario under another seed. */
export function withSeed(read: ReadScenario, seed: number): ReadScenario {
  return { ...read, scenario: { ...read.scenario, seed } };
}

/**
 * Parses scenario text, on top of the one that it extends. Throws InputErrors with file:line:column for every fault in
 * it.
 */
export function parseScenario(text: string, file: string, base?: ScenarioText): ReadScenario {
  return checked(new ScenarioText(text, file, base), file);
}

function checked(text: ScenarioText, file: string): ReadScenario {
  const { values } = text;
  const parsed = scenarioSchema.safeParse(values ?? {});
  if (!parsed.success)
    throw new InputErrors(
      parsed.error.issues
        .flatMap((issue) => explain(issue, values))
        .map(({ message, path, key }) => new InputError(message, { place: text.place(path, key) })),
    );
  const name = parsed.data.name ?? basename(file).replace(/(\.scenario)?\.ya?ml$/, '');
  return {
    scenario: { ...parsed.data, name },
    input: values as Record<string, unknown>,
    file,
    place: (path) => text.place(path),
  };
}

const longestChain = 8;

/** The text of a file and of those that it extends. Throws InputError for one that cannot be read, or extends itself. */
async function readText(file: string, before: readonly string[] = []): Promise<ScenarioText> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    const [by] = before.slice(-1);
    throw new InputError(
      `cannot read the scenario ${file}${by === undefined ? '' : `, which ${by} extends`}: ${(error as Error).message}`,
      {
        remedy: 'give the path of a .scenario.yaml file; scenarios/quickstart.scenario.yaml is an example',
      },
    );
  }
  const own = new ScenarioText(text, file);
  if (own.extended === undefined) return own;
  const wanted = join(dirname(file), own.extended);
  const chain = [...before, file];
  if (chain.includes(wanted) || chain.length >= longestChain)
    throw new InputError(`${chain.join(' extends ')} extends ${wanted}: that has no end`, {
      place: own.place(['extends']),
    });
  return new ScenarioText(text, file, await readText(wanted, chain));
}

/** Reads a scenario file, what it extends, and the prints of its personalities. Throws InputError when one cannot be read, InputErrors when it is not valid. */
export async function readScenario(file: string): Promise<ReadScenario> {
  return withPrints(checked(await readText(file), file));
}

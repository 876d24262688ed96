import { z } from 'zod';
import { pairedKinds } from '../netem/stages.js';
import { type StageInput, stage, stageKinds } from './section-schema.js';

/** What one condition of a sweep has in place of the list. */
export interface Swept {
  /** Kind of the stage. */
  readonly stage: string;
  /** As it was written: `5%`. */
  readonly value: string;
  /** Its number, where it is one, perhaps with a unit. */
  readonly number: number | null;
  readonly unit: string;
}

/** One value of a sweep: the stage that it makes. */
export interface SweptStage {
  readonly swept: Swept;
  readonly stage: StageInput;
}

const mostValues = 32;

/** A stage as in a path, with one list in place of one of its values. */
export const sweptStage = z
  .strictObject(Object.fromEntries(stageKinds.map((kind) => [kind, z.unknown().optional()])))
  .describe('a stage with a list in place of one value, as `loss: [0%, 1%]`: a condition for each');

export const sweepDirection = z.enum(['both', 'forward', 'reverse']);

type Place = readonly PropertyKey[];

/** Places of the lists in a value, those within lists left out. */
function listsIn(value: unknown, place: Place = []): Place[] {
  if (Array.isArray(value)) return [place];
  if (value === null || typeof value !== 'object') return [];
  return Object.entries(value).flatMap(([key, inner]) => listsIn(inner, [...place, key]));
}

function valueAt(value: unknown, place: Place): unknown {
  return place.reduce((inner, key) => (inner as Record<PropertyKey, unknown>)[key], value);
}

function withValue(value: unknown, [key, ...rest]: Place, put: unknown): unknown {
  if (key === undefined) return put;
  const own = value as Record<PropertyKey, unknown>;
  return { ...own, [key]: withValue(own[key], rest, put) };
}

function sweptValue(kind: string, value: unknown, index: number): Swept {
  const plain = typeof value === 'string' || typeof value === 'number';
  const text = plain ? String(value).trim() : String(index + 1);
  const [, digits, unit = ''] = /^(-?\d+(?:\.\d+)?)\s*([a-z%]*)$/i.exec(text) ?? [];
  return { stage: kind, value: text, number: plain && digits !== undefined ? Number(digits) : null, unit };
}

/** True where a place is in what is swept. */
function isWithin(path: Place, list: Place): boolean {
  return list.every((key, depth) => path[depth] === key);
}

/** The stages of a sweep, one a value; `undefined` when something is wrong with it, which the context is then told. */
export function sweptStages(
  sweep: z.output<typeof sweptStage>,
  direction: z.output<typeof sweepDirection>,
  context: Pick<z.RefinementCtx, 'addIssue'>,
): SweptStage[] | undefined {
  let isWrong = false;
  const fault = (message: string, place: Place = []) => {
    isWrong = true;
    context.addIssue({ code: 'custom', message, path: ['sweep', ...place] });
  };
  const kinds = Object.keys(sweep);
  const [list, ...others] = listsIn(sweep);
  const kind = kinds[0] ?? '';
  if (kinds.length !== 1) fault('a sweep has exactly one stage, as in `loss: [0%, 1%, 5%]`');
  else if (list === undefined) fault('nothing is swept: give a list in place of one value', [kind]);
  else if (others.length > 0) fault('a sweep has one list: give the others one value each', others[0]);
  else if (direction !== 'both' && pairedKinds.has(kind))
    fault(`\`${kind}\` keeps state across both directions: leave \`direction\` out`, [kind]);
  if (isWrong || list === undefined) return undefined;
  const values = valueAt(sweep, list) as unknown[];
  if (values.length === 0) fault('the list of a sweep is empty', list);
  if (values.length > mostValues) fault(`a sweep has at most ${mostValues} values`, list);
  if (isWrong) return undefined;
  const told = new Set<string>();
  const stages = values.map((value, index): SweptStage | undefined => {
    const parsed = stage.safeParse(withValue(sweep, list, value));
    if (parsed.success) return { swept: sweptValue(kind, value, index), stage: parsed.data };
    for (const issue of parsed.error.issues) {
      const own = isWithin(issue.path, list);
      const path = own ? [...list, index, ...issue.path.slice(list.length)] : issue.path;
      // What is wrong beside the list is wrong for each of its values.
      const known = JSON.stringify([path, issue.message, 'errors' in issue && issue.errors]);
      if (told.has(known)) continue;
      told.add(known);
      context.addIssue({ ...issue, path: ['sweep', ...path] } as z.core.$ZodSuperRefineIssue);
    }
    isWrong = true;
    return undefined;
  });
  return isWrong ? undefined : stages.filter((one) => one !== undefined);
}

import { z } from 'zod';
import { pairedKinds } from '../netem/stages.js';
import { impairments } from './impairments-schema.js';
import { rewrites } from './rewrites-schema.js';
import { timetable } from './timetable-schema.js';

const kinds = { ...impairments, ...rewrites };

type Kinds = { [Kind in keyof typeof kinds]: z.ZodOptional<(typeof kinds)[Kind]> };

const optionalKinds = Object.fromEntries(
  Object.entries(kinds).map(([kind, schema]) => [kind, (schema as z.ZodType).optional()]),
) as unknown as Kinds;

/** Names of the kinds of stages. */
export const stageKinds = Object.keys(kinds);

const isKind = (key: string) => key in kinds;

/** A stage is an object with one key, its kind, as in `loss: 5%`, and perhaps its times. */
export const stage = z
  .strictObject({ ...optionalKinds, ...timetable })
  .refine(
    (given) =>
      Object.entries(given).filter(([key, value]) => isKind(key) && value !== undefined).length === 1,
    { message: 'a stage has exactly one kind: start a new list item for each' },
  )
  .refine(({ at = 0, until }) => until === undefined || until > at, {
    path: ['until'],
    message: '`until` is not after `at`',
  })
  .meta({ description: 'one stage of the path: an impairment or a rewrite' });

/** A stage for one direction: not one that keeps state across both. */
const directed = stage.superRefine((given, context) => {
  for (const kind of Object.keys(given))
    if (pairedKinds.has(kind))
      context.addIssue({
        code: 'custom',
        path: [kind],
        message: `\`${kind}\` keeps state across both directions: put it under \`both\``,
      });
});

/** Stages of a stretch of the path. */
export const section = {
  forward: z.array(directed).default([]).describe('from the prober to the machine'),
  reverse: z.array(directed).default([]).describe('from the machine to the prober'),
  both: z
    .array(stage)
    .default([])
    .describe('in both directions, nearer to the machine; the first is the nearest to the prober'),
};

export type StageInput = z.output<typeof stage>;

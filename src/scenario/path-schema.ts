import { z } from 'zod';
import { pairedKinds } from '../netem/stages.js';
import { impairments } from './impairments-schema.js';
import { rewrites } from './rewrites-schema.js';

const kinds = { ...impairments, ...rewrites };

type Kinds = { [Kind in keyof typeof kinds]: z.ZodOptional<(typeof kinds)[Kind]> };

const optionalKinds = Object.fromEntries(
  Object.entries(kinds).map(([kind, schema]) => [kind, (schema as z.ZodType).optional()]),
) as unknown as Kinds;

/** A stage is an object with one key, its kind, as in `loss: 5%`. */
export const stage = z
  .strictObject(optionalKinds)
  .refine((given) => Object.values(given).filter((value) => value !== undefined).length === 1, {
    message: 'a stage has exactly one kind: start a new list item for each',
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

export const path = z.strictObject(section);

export type StageInput = z.output<typeof stage>;

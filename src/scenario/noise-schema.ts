import { z } from 'zod';
import { fieldSet } from './field-set.js';
import { learnerName } from './learner-schema.js';
import { oneOrMore } from './machines-schema.js';

/** An experiment over network conditions. */
export const noiseExperiment = z
  .strictObject({
    kind: z.literal('noise'),
    hierarchy: oneOrMore(z.enum(['kernel', 'distribution'])).default(['kernel']),
    level: oneOrMore(z.int().min(0).max(2)).default([0, 1, 2]),
    learner: oneOrMore(learnerName).default(['c45', 'random-forest', 'knn']),
    fields: oneOrMore(fieldSet).default(['raw']).describe('what learners look at, as in `accuracy`'),
    clean: z
      .string()
      .optional()
      .describe('name of the condition under which one of the models is trained; default: the first'),
    train: oneOrMore(z.enum(['clean', 'noisy', 'others']))
      .default(['clean', 'noisy'])
      .describe(
        'what is learnt of the training machines: what they answered under the clean condition, under all, or, ' +
          'for each condition, under all others (leave-one-condition-out)',
      ),
    folds: z.int().min(2).max(100).default(10).describe('of machines: none is on both sides of a fold'),
    repeats: z.int().min(1).max(100).default(1),
  })
  .meta({
    description:
      'models trained under one condition, under all or under all but the one tested, on other machines under each',
  });

export type NoiseExperiment = z.output<typeof noiseExperiment>;

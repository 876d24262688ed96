import { z } from 'zod';
import { fieldSet } from './field-set.js';
import { learnerName } from './learner-schema.js';
import { oneOrMore } from './machines-schema.js';
import { probability } from './units.js';

const mixedShare = probability.refine((share) => share > 0 && share < 1, {
  message: 'both classes have a share: give more than 0% and less than 100%',
});

/** What the mix of two classes in a population does to those who learn from it (paper section 4.3.1, figure 6). */
export const biasExperiment = z
  .strictObject({
    kind: z.literal('training-bias'),
    hierarchy: z.enum(['kernel', 'distribution']).default('distribution'),
    level: z.int().min(0).max(2).default(2),
    classes: z
      .tuple([z.string(), z.string()])
      .optional()
      .describe('labels of the two classes; default: the two that the machines have at that level'),
    share: oneOrMore(mixedShare).default([0.5, 0.9]).describe('of the first class in a population'),
    machines: z
      .int()
      .min(4)
      .max(10_000)
      .default(100)
      .describe('of a population; fewer where the run has not so many at a share'),
    draws: z.int().min(1).max(1000).default(20).describe('populations that are drawn for each share'),
    learner: oneOrMore(learnerName).default(['random-forest', 'c45', 'knn']),
    fields: oneOrMore(fieldSet).default(['raw']).describe('what learners look at, as in `accuracy`'),
    folds: z.int().min(2).max(100).default(10),
  })
  .meta({
    description:
      'populations of two classes at several shares, drawn from the machines; learners are cross-validated within each',
  });

export type BiasExperiment = z.output<typeof biasExperiment>;

import { z } from 'zod';
import { accuracyFields } from './field-set.js';
import { learnerName } from './learner-schema.js';
import { oneOrMore } from './machines-schema.js';
import { splitNames } from './splits.js';

/** An experiment on the answers under the first, or only, network condition. */
export const accuracyExperiment = z.strictObject({
  kind: z.literal('accuracy'),
  hierarchy: oneOrMore(z.enum(['kernel', 'distribution', 'behaviour']))
    .default(['kernel', 'distribution'])
    .describe('what the classes are; `behaviour` is what the machines showed, and has level 0 alone'),
  level: oneOrMore(z.int().min(0).max(2)).default([0, 1, 2]),
  learner: oneOrMore(learnerName).default(['c45', 'random-forest', 'knn']),
  fields: oneOrMore(z.enum(accuracyFields))
    .default(['raw'])
    .describe(
      'raw, semantic, both or vetted, which is raw without the fields that moved between machines of one image in this run (the paper’s auto, where raw is its auto-prone); what learners look at: the fields of single responses, what several packets show together (it needs `nmap`), or both; the learners `nmap…` look at nmap’s tests alone',
    ),
  split: oneOrMore(z.enum(splitNames))
    .default(['stratified'])
    .describe(
      'what is kept off both sides of a fold: nothing, an image, or a kernel release; `leave-…-out` tests the ' +
        'machines of one hardware, configuration or application on models that saw none of it',
    ),
  folds: z.int().min(2).max(100).default(10).describe('`leave-…-out` has a fold for each thing left out'),
  repeats: z.int().min(1).max(100).default(1),
});

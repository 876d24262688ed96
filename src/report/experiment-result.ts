import { z } from 'zod';

const count = z.int().min(0);
const share = z.number().min(0).max(1);
const interval = z.tuple([share, share]);
const ci95 = interval.optional().describe('Wilson interval of the accuracy, by machine');

export const hierarchy = z.enum(['kernel', 'distribution', 'behaviour']);

export const classScores = z.object({
  label: z.string(),
  answers: count.describe('answers for machines of the class, all repeats'),
  precision: share.nullable().describe('of the answers that named it; null when none did'),
  recall: share.nullable().describe('of the machines of the class'),
  precision_ci95: interval.nullable().optional().describe('Wilson interval, by machine'),
  recall_ci95: interval.nullable().optional(),
});

const scores = {
  unseen: share
    .optional()
    .describe('share of the answers that could not be right: no training machine was of the class'),
  brier: z.number().min(0).max(2).optional().describe('mean Brier score of the distributions, 0 is best'),
  coarser: z
    .array(z.object({ level: z.int().min(0).max(1), accuracy: share }))
    .optional()
    .describe('share of the answers that are right at a coarser level, though perhaps wrong at this one'),
  per_class: z.array(classScores).optional(),
  reliability: z
    .array(z.object({ from: share, to: share, answers: count, confidence: share, accuracy: share, ci95 }))
    .optional()
    .describe('mean confidence and accuracy of the answers in each tenth of confidence that has any'),
  abstention: z
    .array(z.object({ threshold: share, answered: share, accuracy: share, ci95 }))
    .optional()
    .describe('accuracy when answers of less confidence than the threshold are withheld'),
  out_of_bag: share
    .optional()
    .describe(
      'share of the training machines that those trees of a forest answer right which did not draw them, mean over folds',
    ),
  out_of_bag_ci95: interval.optional().describe('Wilson interval, by machine'),
  important: z
    .array(
      z.object({
        field: z.string(),
        probe: z.int().min(-1).describe('-1 for what several packets show together'),
        alike: count.describe('other (probe, field) pairs that split the machines alike'),
        importance: z.number(),
        range: z.tuple([z.number(), z.number()]).optional().describe('least and most over the folds'),
      }),
    )
    .optional()
    .describe(
      'columns on which a forest hangs most: the accuracy of a tree that is lost where the column is shuffled, mean over trees and folds',
    ),
  chosen: z
    .array(z.object({ setting: z.string(), models: count }))
    .optional()
    .describe('settings that a tuned learner chose on the training machines of each fold, and how often'),
};

export const experimentResult = z.object({
  kind: z.literal('accuracy'),
  hierarchy,
  level: z.int().min(0).max(2),
  learner: z.string(),
  fields: z
    .string()
    .describe(
      'what the learner looked at: raw, semantic, both, vetted (raw without the fields in `moved`), or nmap, the tests of nmap',
    ),
  split: z
    .string()
    .optional()
    .describe('what was kept off both sides of a fold, as in the scenario; default: stratified'),
  folds: z.int().min(2),
  repeats: z.int().min(1),
  machines: count,
  classes: count,
  columns: count.describe('informative columns before identical partitions were merged'),
  partitions: count.describe('distinct partitions, the columns the learner sees'),
  accuracy: share,
  ci95: z.tuple([share, share]).describe('Wilson interval of the accuracy, by machine'),
  balanced_accuracy: share,
  majority: share.describe('accuracy of always answering the most frequent class of the training folds'),
  confidence: share
    .nullable()
    .describe(
      'mean confidence in the correctly classified machines; null when none was (paper section 4.3.1)',
    ),
  ...scores,
  confusion: z.object({
    labels: z.array(z.string()),
    counts: z.array(z.array(z.number())).describe('[true][predicted], summed over repeats'),
    unresolved: z
      .array(z.number())
      .optional()
      .describe('[true]: answers that named no class; left out where every answer named one'),
  }),
});

export const comparison = z.object({
  hierarchy,
  level: z.int().min(0).max(2),
  fields: z.string(),
  split: z.string(),
  learners: z.tuple([z.string(), z.string()]),
  difference: z.number().min(-1).max(1).describe('accuracy of the first less that of the second'),
  machines: count.describe('machines that one of the two was right about more often'),
  p: share.describe('two-sided, of a paired permutation test by machine'),
  p_holm: share.describe("by Holm's correction for all pairs of learners on the same folds"),
});

import { z } from 'zod';
import { classScores } from './experiment-result.js';

const share = z.number().min(0).max(1);
const interval = z.tuple([share, share]);

/** What a learner makes of populations of two classes at one share (paper section 4.3.1, figure 6). */
export const biasResult = z.object({
  hierarchy: z.enum(['kernel', 'distribution']),
  level: z.int().min(0).max(2),
  learner: z.string(),
  fields: z.string().describe('what the learner looked at, as in `experiments`'),
  classes: z.tuple([z.string(), z.string()]),
  share: share.describe('of the first class, as the scenario asks for it'),
  counts: z.tuple([z.int().min(1), z.int().min(1)]).describe('machines of each class in a population'),
  draws: z.int().min(1).describe('populations that were drawn'),
  folds: z.int().min(2).describe('of the cross-validation within each population'),
  accuracy: share.describe('mean over the populations, each tested on the mix that it was trained on'),
  ci95: interval.describe('Wilson interval, by machine of one population'),
  range95: interval.describe('within which the accuracies of 95 % of the populations lie'),
  balanced_accuracy: share.describe('mean recall of the two classes'),
  majority: share.describe('accuracy of always answering the class that is more frequent in training'),
  confidence: share.nullable().describe('mean confidence in right answers; null when there were none'),
  confidence_wrong: share.nullable().describe('mean confidence in wrong answers'),
  per_class: z.array(classScores),
});

export type BiasResult = z.infer<typeof biasResult>;

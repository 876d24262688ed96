import { type Learner, type LearnerName, learners } from '../../src/learn/index.js';
import { mljsForestOf } from '../../src/learn/mljs-random-forest.js';

/** All learners; the forest of mljs, which takes a hundred times as long as the others, with few trees. */
export const quickLearners: Readonly<Record<LearnerName, Learner>> = {
  ...learners,
  'mljs-random-forest': mljsForestOf(24),
};

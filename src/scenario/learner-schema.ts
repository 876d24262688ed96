import { z } from 'zod';
import { learners } from '../learn/index.js';

/** A learner by name. */
export const learnerName = z.enum(
  Object.keys(learners) as [keyof typeof learners, ...(keyof typeof learners)[]],
);

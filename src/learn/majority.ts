import { classCounts, classification, type Learner } from './learner.js';

/** Always answers the most frequent class of the training machines: the baseline to beat. */
export const majority: Learner = {
  name: 'majority',
  takesNumbers: true,
  fit(_matrix, rows, labels) {
    const shares = classCounts(rows, labels).map((count) => count / rows.length);
    const answer = classification(labels.classes, shares);
    return {
      classify: () => answer,
      decidingColumns: () => [],
      describe: () =>
        `always ${answer.label} (${Math.round(answer.confidence * rows.length)} of ${rows.length} machines)`,
    };
  },
};

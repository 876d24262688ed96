import type { Matrix } from '../dataset/matrix.js';
import type { RandomStream } from '../random.js';
import { groupedFolds, splitFold, stratifiedFolds } from './folds.js';
import { knnOf } from './knn.js';
import { type Labels, type Learner, labelsOf } from './learner.js';
import { logisticOf } from './logistic.js';
import { randomForestOf } from './random-forest.js';
import { usualDraws } from './random-tree.js';
import { svmOf } from './svm.js';

/** A learner with one value of the setting that is tuned. */
interface Candidate {
  /** E.g. `k = 5`. */
  readonly setting: string;
  readonly learner: Learner;
}

const innerFolds = 5;

/**
 * A learner that chooses one of its settings by cross-validation among the machines it is fitted on, and never on
 * those that it is tested on; inside cross-validation that is nested cross-validation. What is kept on one side of
 * the outer folds is kept on one side of the inner ones. The first of equals wins.
 */
function tuned(name: string, candidates: readonly Candidate[]): Learner {
  return {
    name,
    takesNumbers: candidates.every(({ learner }) => learner.takesNumbers),
    fit(matrix, rows, labels, random, groups) {
      const assigned = foldsWithin(rows, labels, random.fork('folds'), groups);
      const rights = candidates.map(({ learner, setting }) =>
        assigned ? rightWithin(matrix, rows, labels, learner, assigned, random.fork(setting), groups) : 0,
      );
      const { learner, setting } = candidates[rights.indexOf(Math.max(...rights))]!;
      const model = learner.fit(matrix, rows, labels, random.fork('fit'), groups);
      return {
        ...model,
        describe: () =>
          assigned
            ? `chosen on the training machines: ${setting} (of ${candidates.map((one) => one.setting).join(', ')})\n${model.describe()}`
            : model.describe(),
        insight: () => ({ ...model.insight?.(), ...(assigned && { chosen: setting }) }),
      };
    },
  };
}

/** A fold for each place of `rows`; undefined where there are not two rows, or two groups, to hold apart. */
function foldsWithin(
  rows: Int32Array,
  labels: Labels,
  random: RandomStream,
  groups: Int32Array | undefined,
): Int32Array | undefined {
  const own = labelsOf(Array.from(rows, (row) => labels.classes[labels.codes[row]!]!));
  if (groups === undefined)
    return rows.length < 2 ? undefined : stratifiedFolds(own, Math.min(innerFolds, rows.length), random);
  const together = labelsOf(Array.from(rows, (row) => String(groups[row])));
  const count = together.classes.length;
  return count < 2 ? undefined : groupedFolds(own, together.codes, Math.min(innerFolds, count), random);
}

function rightWithin(
  matrix: Matrix,
  rows: Int32Array,
  labels: Labels,
  learner: Learner,
  assigned: Int32Array,
  random: RandomStream,
  groups: Int32Array | undefined,
): number {
  let right = 0;
  const folds = assigned.reduce((most, fold) => Math.max(most, fold), 0) + 1;
  for (let fold = 0; fold < folds; fold++) {
    const { test, train } = splitFold(assigned, fold);
    const own = train.map((place) => rows[place]!);
    const model = learner.fit(matrix, own, labels, random.fork(`${fold}`), groups);
    for (const place of test) {
      const row = rows[place]!;
      if (model.classify(matrix, row).label === labels.classes[labels.codes[row]!]) right++;
    }
  }
  return right;
}

const costs = [1, 0.01, 0.1, 10];
const neighbours = [3, 1, 5, 9];

export const knnTuned = tuned(
  'knn-tuned',
  neighbours.map((k) => ({ setting: `k = ${k}`, learner: knnOf(k) })),
);

export const svmTuned = tuned(
  'svm-tuned',
  costs.map((cost) => ({ setting: `C = ${cost}`, learner: svmOf(cost) })),
);

export const logisticTuned = tuned(
  'logistic-tuned',
  costs.map((cost) => ({ setting: `C = ${cost}`, learner: logisticOf(cost) })),
);

export const randomForestTuned = tuned('random-forest-tuned', [
  { setting: 'log2(F) + 1 columns a node', learner: randomForestOf(usualDraws) },
  { setting: '1 column a node', learner: randomForestOf(() => 1) },
  { setting: 'sqrt(F) columns a node', learner: randomForestOf((pairs) => Math.ceil(Math.sqrt(pairs))) },
]);

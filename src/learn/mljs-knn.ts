import { classification, type Learner } from './learner.js';
import { load, refuseAbove, trivial } from './mljs.js';
import { OneHot, oneHotWidth } from './one-hot.js';

interface Neighbours {
  predict(features: readonly number[]): number;
}

type NeighboursClass = new (features: number[][], classes: number[], options: object) => Neighbours;

const neighbours = 3;
/** For a feature and the rows squared, a tenth of them asked. */
const secondsEach = 5e-9;

/**
 * The npm package ml-knn with k = 3 over Euclidean distances. It tells a class and no shares, so that its
 * confidence is always 1; three neighbours of three classes are decided for the farthest.
 *
 * `fit` throws InputError above a size that takes more than ten minutes for ten folds.
 */
export const mljsKnn: Learner = {
  name: 'mljs-knn',
  fit(matrix, rows, labels, random) {
    const simple = trivial(matrix, rows, labels, random);
    if (simple) return simple;
    const width = oneHotWidth(matrix);
    refuseAbove(
      'mljs-knn',
      'knn',
      `${rows.length} rows and ${width} features`,
      secondsEach * rows.length ** 2 * width,
    );
    const Knn = load('ml-knn') as NeighboursClass;
    const coding = new OneHot(matrix, rows);
    const model = new Knn(
      Array.from(rows, (row) => coding.row(matrix, row)),
      Array.from(rows, (row) => labels.codes[row]!),
      { k: Math.min(neighbours, rows.length) },
    );
    return {
      classify(given, row) {
        const distribution = new Float64Array(labels.classes.length);
        distribution[model.predict(coding.row(given, row))] = 1;
        return classification(labels.classes, distribution);
      },
      decidingColumns: () => [],
      describe: () => `${neighbours} nearest of ${rows.length} machines over ${width} features (ml-knn)`,
    };
  },
};

import type { Matrix } from '../dataset/matrix.js';
import { classification, type Learner } from './learner.js';
import { MixedDistance } from './mixed-distance.js';
import { differences, overlapDistance } from './overlap-distance.js';

/** Paper section 3.3.2. */
const usualNeighbours = 3;

const hasNumbers = ({ numbers }: Matrix) => numbers?.some((own) => own !== undefined) ?? false;

/** From any row to each of the training rows. */
function distancesAmong(matrix: Matrix, rows: Int32Array): (row: number) => Float64Array {
  if (hasNumbers(matrix)) {
    const distance = new MixedDistance(matrix, rows);
    return (row) => distance.from(row, rows);
  }
  const differing = differences(matrix);
  const height = matrix.rows.length;
  return (row) => Float64Array.from(rows, (other) => overlapDistance(differing, row * height + other));
}

/** The nearest neighbours with another k than the paper's. */
export const knnOf = (neighbours: number): Learner => ({
  name: 'knn',
  takesNumbers: true,
  fit(matrix, rows, labels) {
    const distances = distancesAmong(matrix, rows);
    return {
      classify(_matrix, row) {
        const distance = distances(row);
        const limit = distance.slice().sort()[Math.min(neighbours, rows.length) - 1]!;
        const votes = new Float64Array(labels.classes.length).fill(1 / rows.length);
        for (const [place, other] of rows.entries())
          if (distance[place]! <= limit) votes[labels.codes[other]!]!++;
        const total = votes.reduce((sum, vote) => sum + vote, 0);
        return classification(
          labels.classes,
          votes.map((vote) => vote / total),
        );
      },
      decidingColumns: () => [],
      describe: () =>
        `${neighbours} nearest of ${rows.length} machines by ${hasNumbers(matrix) ? 'distance' : 'overlap'} over ${matrix.totals.informative} columns ` +
        `(${matrix.columns} distinct)`,
    };
  },
});

/**
 * k nearest neighbours as Weka's IBk with defaults: overlap distance, numbers by their range, every machine as near as the k-th has a
 * vote, and each class starts with a vote of 1/(training machines).
 */
export const knn: Learner = knnOf(usualNeighbours);

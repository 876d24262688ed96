import type { Matrix } from '../dataset/matrix.js';
import { featuresOf } from './features.js';
import type { ColumnWeight } from './learner.js';
import { heaviestFirst, linearColumns } from './linear-columns.js';
import { indicatorDistances } from './overlap-distance.js';
import { trainMachine } from './smo.js';
import { dot, FeatureExamples, KernelExamples, Products } from './smo-examples.js';

/** A linear machine of two classes. */
export interface Machine {
  /** Training rows that support it. */
  readonly supports: Int32Array;
  /** Signed multipliers of the supports. */
  readonly weights: Float64Array;
  /** By feature, where there are features. */
  readonly plane?: Float64Array;
  /** Positive for the class whose sign is +1; any row of the matrix. */
  output(row: number): number;
}

export interface Trainer {
  /** @param signs +1 or -1 by training row; where all are alike the machine gives that sign */
  train(rows: Int32Array, signs: Int8Array): Machine;
  /** Squared weights of the columns, summed over machines, heaviest first. */
  columnWeights(machines: readonly Machine[]): ColumnWeight[];
}

/**
 * Trains machines on a matrix: on a table's attributes by their features, as Weka does and with its rounding, else by
 * the Gram matrix, in which it does not matter how columns are ordered and merged.
 * @param training rows by which values are scaled and missing ones filled in
 * @param cost C, greater than 0
 */
export function trainerOf(matrix: Matrix, training: Int32Array, cost: number): Trainer {
  const { columnWeights, train } = matrix.numbers
    ? byFeatures(matrix, training, cost)
    : byKernel(matrix, training, cost);
  return {
    columnWeights,
    train(rows, signs) {
      const [first] = signs;
      if (signs.some((sign) => sign !== first)) return train(rows, signs);
      return { supports: rows.subarray(0, 0), weights: new Float64Array(0), output: () => first! };
    },
  };
}

/** The supports of a machine, and their multipliers, out of the weights of all its examples. */
function supporting(rows: Int32Array, all: Float64Array) {
  const places = Int32Array.from(rows.keys()).filter((place) => all[place] !== 0);
  return {
    supports: places.map((place) => rows[place]!),
    weights: Float64Array.from(places, (place) => all[place]!),
  };
}

function byFeatures(matrix: Matrix, training: Int32Array, cost: number): Trainer {
  const { columnOf, rows: features } = featuresOf(matrix, training);
  // A machine of cost 1 on features times the root of C has the outputs of one of cost C.
  const scale = Math.sqrt(cost);
  if (cost !== 1) for (const row of features) for (let at = 0; at < row.length; at++) row[at]! *= scale;
  const products = new Products(features);
  return {
    train(rows, signs) {
      const examples = new FeatureExamples(products, rows);
      const threshold = trainMachine(examples, signs);
      const { plane } = examples;
      return {
        ...supporting(rows, examples.weights),
        plane,
        output: (row) => dot(plane, features[row]!) - threshold,
      };
    },
    columnWeights(machines) {
      const sums = new Float64Array(matrix.columns);
      for (const { plane } of machines)
        for (const [feature, weight] of plane?.entries() ?? []) sums[columnOf[feature]!]! += weight ** 2;
      return heaviestFirst([...sums].map((weight, column) => ({ column, weight })));
    },
  };
}

function byKernel(matrix: Matrix, training: Int32Array, cost: number): Trainer {
  // -d²/2 is the product of two rows, but for what an intercept takes up.
  const kernel = indicatorDistances(matrix, training).map((distance) => -0.5 * cost * distance);
  const height = matrix.rows.length;
  return {
    train(rows, signs) {
      const square = new Float64Array(rows.length * rows.length);
      for (const [to, one] of rows.entries())
        for (const [place, other] of rows.entries())
          square[to * rows.length + place] = kernel[one * height + other]!;
      const examples = new KernelExamples(square);
      const threshold = trainMachine(examples, signs);
      const { supports, weights } = supporting(rows, examples.weights);
      return {
        supports,
        weights,
        output(row) {
          let sum = -threshold;
          for (let place = 0; place < supports.length; place++)
            sum += weights[place]! * kernel[supports[place]! * height + row]!;
          return sum;
        },
      };
    },
    columnWeights: (machines) =>
      linearColumns(
        matrix,
        machines.map(({ supports, weights }) => ({ rows: supports, weights })),
        0.5,
      ),
  };
}

import type { Matrix } from '../dataset/matrix.js';
import { commonestCodes } from './overlap-distance.js';

/** A table's attributes as numbers. */
export interface Features {
  /** By row of the matrix, then by feature. */
  readonly rows: Float64Array[];
  /** Matrix column of each feature. */
  readonly columnOf: Int32Array;
}

/**
 * Every row of a table as numbers, as Weka's support vector machine makes them of attributes: a number as it is, one
 * 0/1 feature for two values and one for each of more, a missing value taken for the mean or the commonest of the
 * training rows; then all to 0..1 by the least and the greatest of the training rows, and to 0 where these are one.
 */
export function featuresOf(matrix: Matrix, training: Int32Array): Features {
  const commonest = commonestCodes(matrix, training);
  const features = [...commonest.keys()].flatMap((column) => {
    const read = reader(matrix, column, training, commonest[column]!);
    const raw = Float64Array.from(matrix.rows, (_, row) => read(row));
    const single = matrix.numbers?.[column] !== undefined || matrix.values[column] === 2;
    const parts = single
      ? [raw]
      : Array.from({ length: matrix.values[column]! }, (_, code) => raw.map((own) => (own === code ? 1 : 0)));
    return parts.map((part) => ({ column, values: scaled(part, training) }));
  });
  return {
    rows: matrix.rows.map((_, row) => Float64Array.from(features, ({ values }) => values[row]!)),
    columnOf: Int32Array.from(features, ({ column }) => column),
  };
}

/** Reads a column's number, or its code where it has none. */
function reader(
  matrix: Matrix,
  column: number,
  training: Int32Array,
  commonest: number,
): (row: number) => number {
  const numbers = matrix.numbers?.[column];
  const from = column * matrix.rows.length;
  const code = (row: number) => matrix.codes[from + row]!;
  if (numbers === undefined) return (row) => (code(row) < 0 ? commonest : code(row));
  const known = training.filter((row) => code(row) >= 0);
  const mean = known.reduce((sum, row) => sum + numbers[code(row)]!, 0) / Math.max(1, known.length);
  return (row) => (code(row) < 0 ? mean : numbers[code(row)]!);
}

function scaled(values: Float64Array, training: Int32Array): Float64Array {
  const { high, low } = rangeOf(values, training);
  return values.map((value) => (high === low ? 0 : (value - low) / (high - low)));
}

function rangeOf(values: Float64Array, training: Int32Array) {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const row of training) {
    low = Math.min(low, values[row]!);
    high = Math.max(high, values[row]!);
  }
  return { high, low };
}

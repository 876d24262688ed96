import type { Matrix } from '../dataset/matrix.js';
import { commonestCodes } from './overlap-distance.js';

/**
 * The reduced matrix as numbers, in Weka's coding: a feature for a column of two values, one for each value of a
 * wider one, a missing value taken for the commonest among the training rows. A feature is 0 or the square root of
 * the column's multiplicity, so that Euclidean distances are those over all (probe, field) pairs.
 */
export class OneHot {
  /** Number of features. */
  readonly width: number;
  /** Matrix column of each feature. */
  readonly columnOf: Int32Array;
  private readonly commonest: Int16Array | null;
  private readonly starts: Int32Array;

  constructor(matrix: Matrix, rows: Int32Array) {
    this.width = oneHotWidth(matrix);
    this.columnOf = new Int32Array(this.width);
    this.starts = new Int32Array(matrix.columns);
    this.commonest = matrix.missing ? commonestCodes(matrix, rows) : null;
    let start = 0;
    for (const [column, values] of matrix.values.entries()) {
      this.starts[column] = start;
      const end = start + (values === 2 ? 1 : values);
      this.columnOf.fill(column, start, end);
      start = end;
    }
  }

  /** A plain array: the packages take no others. */
  row(matrix: Matrix, row: number): number[] {
    const features = new Array<number>(this.width).fill(0);
    const height = matrix.rows.length;
    for (let column = 0; column < matrix.columns; column++) {
      const own = matrix.codes[column * height + row]!;
      const code = own >= 0 ? own : this.commonest![column]!;
      const size = Math.sqrt(matrix.multiplicity[column]!);
      if (matrix.values[column]! > 2) features[this.starts[column]! + code] = size;
      else if (code === 1) features[this.starts[column]!] = size;
    }
    return features;
  }
}

/** Features that {@link OneHot} makes of a matrix. */
export function oneHotWidth(matrix: Matrix): number {
  return matrix.values.reduce((sum, values) => sum + (values === 2 ? 1 : values), 0);
}

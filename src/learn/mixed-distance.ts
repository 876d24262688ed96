import type { Matrix } from '../dataset/matrix.js';

/**
 * Squared distances of rows of a table as Weka's `EuclideanDistance`: numbers in units of the range of the training rows
 * and of the row that is asked about, other values 0 where they are alike and 1 where not; a missing value is 1 from a
 * value or a missing one, and from a number as far as it can be.
 */
export class MixedDistance {
  private readonly low: Float64Array;
  private readonly high: Float64Array;

  constructor(
    private readonly matrix: Matrix,
    training: Int32Array,
  ) {
    this.low = new Float64Array(matrix.columns).fill(Number.POSITIVE_INFINITY);
    this.high = new Float64Array(matrix.columns).fill(Number.NEGATIVE_INFINITY);
    for (const row of training) this.widen(row, this.low, this.high);
  }

  /** From `row` to each of `others`. Weka's ranges are those of all rows that it was asked about before, too. */
  from(row: number, others: Int32Array): Float64Array {
    const { codes, columns, numbers, rows } = this.matrix;
    const [low, high] = [this.low.slice(), this.high.slice()];
    this.widen(row, low, high);
    const distances = new Float64Array(others.length);
    for (let column = 0; column < columns; column++) {
      const at = column * rows.length;
      const own = codes[at + row]!;
      const scale = numbers?.[column] && scaled(numbers[column]!, low[column]!, high[column]!);
      for (let place = 0; place < others.length; place++) {
        const other = codes[at + others[place]!]!;
        if (scale) distances[place]! += numericDifference(scale, own, other) ** 2;
        else if (own < 0 || other < 0 || own !== other) distances[place]!++;
      }
    }
    return distances;
  }

  private widen(row: number, low: Float64Array, high: Float64Array): void {
    const { codes, columns, numbers, rows } = this.matrix;
    for (let column = 0; column < columns; column++) {
      const code = codes[column * rows.length + row]!;
      const number = code < 0 ? undefined : numbers?.[column]?.[code];
      if (number === undefined) continue;
      low[column] = Math.min(low[column]!, number);
      high[column] = Math.max(high[column]!, number);
    }
  }
}

/** Numbers of a column, by code, with `low` at 0 and `high` at 1. */
function scaled(numbers: Float64Array, low: number, high: number): Float64Array {
  return numbers.map((number) => (high > low ? (number - low) / (high - low) : 0));
}

function numericDifference(scale: Float64Array, one: number, other: number): number {
  if (one < 0 && other < 0) return 1;
  if (one >= 0 && other >= 0) return scale[one]! - scale[other]!;
  const known = scale[one < 0 ? other : one]!;
  return known < 0.5 ? 1 - known : known;
}

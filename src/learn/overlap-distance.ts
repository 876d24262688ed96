import type { Matrix } from '../dataset/matrix.js';

/** Row-major, rows x rows: the (probe, field) pairs in which two machines differ. */
export interface Differences {
  /** In columns of two values; pairs with a missing value are not in. */
  readonly binary: Float64Array;
  /** In columns of more values; pairs with a missing value are not in. */
  readonly wider: Float64Array;
  /** In which either value is missing; null where nothing is. */
  readonly unknown: Float64Array | null;
}

const cache = new WeakMap<Matrix, Differences>();

/** Differences of all pairs of rows, whatever fold they are in. Computed once for a matrix. */
export function differences(matrix: Matrix): Differences {
  const known = cache.get(matrix);
  if (known) return known;
  const { codes, columns, missing, multiplicity, values } = matrix;
  const height = matrix.rows.length;
  const made = {
    binary: new Float64Array(height * height),
    wider: new Float64Array(height * height),
    unknown: missing ? new Float64Array(height * height) : null,
  };
  for (let column = 0; column < columns; column++) {
    const own = codes.subarray(column * height, (column + 1) * height);
    addColumn(own, multiplicity[column]!, values[column] === 2 ? made.binary : made.wider, made.unknown);
  }
  for (const sums of [made.binary, made.wider, made.unknown]) if (sums) mirror(sums, height);
  cache.set(matrix, made);
  return made;
}

function addColumn(
  codes: Int16Array,
  weight: number,
  sums: Float64Array,
  unknown: Float64Array | null,
): void {
  const height = codes.length;
  for (let one = 1; one < height; one++) {
    const code = codes[one]!;
    const to = one * height;
    if (unknown === null) {
      for (let other = 0; other < one; other++) if (code !== codes[other]) sums[to + other]! += weight;
      continue;
    }
    for (let other = 0; other < one; other++) {
      const without = code < 0 || codes[other]! < 0;
      if (without) unknown[to + other]! += weight;
      else if (code !== codes[other]) sums[to + other]! += weight;
    }
  }
}

function mirror(square: Float64Array, height: number): void {
  for (let one = 1; one < height; one++)
    for (let other = 0; other < one; other++) square[other * height + one] = square[one * height + other]!;
}

/**
 * Number of (probe, field) pairs in which two machines differ. A missing value differs from everything, another
 * missing value included (Weka's `EuclideanDistance` on nominal attributes, squared).
 */
export function overlapDistance({ binary, wider, unknown }: Differences, at: number): number {
  return binary[at]! + wider[at]! + (unknown ? unknown[at]! : 0);
}

/** The commonest code of each column among `rows`, the first of equals; 0 where all are missing. */
export function commonestCodes(matrix: Matrix, rows: Int32Array): Int16Array {
  const height = matrix.rows.length;
  return Int16Array.from(matrix.values, (values, column) => {
    const counts = new Int32Array(values);
    for (const row of rows) {
      const code = matrix.codes[column * height + row]!;
      if (code >= 0) counts[code]!++;
    }
    return counts.indexOf(counts.reduce((most, count) => Math.max(most, count), 0));
  });
}

/**
 * Squared Euclidean distances of all pairs of rows in Weka's coding of nominal attributes for its support vector
 * machine: one 0/1 feature for a column of two values, one for each value of a wider one, a missing value taken
 * for the commonest among the training rows. The Gram matrix is -1/2 of it, up to what an intercept takes up.
 */
export function indicatorDistances(matrix: Matrix, rows: Int32Array): Float64Array {
  const { binary, wider } = differences(matrix);
  const distances = binary.map((count, at) => count + 2 * wider[at]!);
  if (matrix.missing) fillIn(matrix, commonestCodes(matrix, rows), distances);
  return distances;
}

function fillIn(matrix: Matrix, commonest: Int16Array, distances: Float64Array): void {
  const height = matrix.rows.length;
  for (let column = 0; column < matrix.columns; column++) {
    const codes = matrix.codes.subarray(column * height, (column + 1) * height);
    const weight = matrix.multiplicity[column]! * (matrix.values[column] === 2 ? 1 : 2);
    for (let row = codes.indexOf(-1); row >= 0; row = codes.indexOf(-1, row + 1)) {
      for (let other = 0; other < height; other++) {
        if (codes[other]! < 0 || codes[other] === commonest[column]) continue;
        distances[row * height + other]! += weight;
        distances[other * height + row]! += weight;
      }
    }
  }
}

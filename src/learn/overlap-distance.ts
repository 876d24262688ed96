import type { Matrix } from '../dataset/matrix.js';

const cache = new WeakMap<Matrix, Float64Array>();

/**
 * Number of (probe, field) pairs in which two machines differ, for all pairs of rows, row-major. A missing
 * value differs from everything, another missing value included (Weka's `EuclideanDistance` on nominal
 * attributes, squared). Computed once for a matrix.
 */
export function overlapDistances(matrix: Matrix): Float64Array {
  const known = cache.get(matrix);
  if (known) return known;
  const { codes, columns, multiplicity } = matrix;
  const height = matrix.rows.length;
  const distances = new Float64Array(height * height);
  for (let column = 0; column < columns; column++) {
    const weight = multiplicity[column]!;
    const from = column * height;
    for (let one = 1; one < height; one++) {
      const code = codes[from + one]!;
      const to = one * height;
      for (let other = 0; other < one; other++) {
        if (code !== codes[from + other] || code < 0) distances[to + other]! += weight;
      }
    }
  }
  for (let one = 1; one < height; one++) {
    for (let other = 0; other < one; other++)
      distances[other * height + one] = distances[one * height + other]!;
  }
  cache.set(matrix, distances);
  return distances;
}

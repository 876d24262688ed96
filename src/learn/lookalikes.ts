import type { Matrix } from '../dataset/matrix.js';

const cache = new WeakMap<Matrix, Int32Array>();

/** A number for each row; rows that no column tells apart have the same. Computed once for a matrix. */
export function lookalikes(matrix: Matrix): Int32Array {
  const known = cache.get(matrix);
  if (known) return known;
  const height = matrix.rows.length;
  const alike = new Int32Array(height);
  let groups = Math.min(1, height);
  for (let column = 0; column < matrix.columns && groups < height; column++) {
    const found = new Map<number, number>();
    const width = matrix.values[column]! + 1;
    for (let row = 0; row < height; row++) {
      const key = alike[row]! * width + matrix.codes[column * height + row]! + 1;
      const group = found.get(key) ?? found.size;
      found.set(key, group);
      alike[row] = group;
    }
    groups = found.size;
  }
  cache.set(matrix, alike);
  return alike;
}

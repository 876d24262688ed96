import type { Matrix } from '../dataset/matrix.js';
import type { Labels } from './learner.js';
import { xlog2x } from './xlog2x.js';

/**
 * Splits groups of rows by the values of a column; the parts are numbered as they first occur down the rows.
 * @param groups group of each row, 0 or more; -1 for rows that are in none
 * @param missing rows without a value are a part of their own (`value`), or are left out (`out`)
 */
export function refine(
  matrix: Matrix,
  column: number,
  groups: Int32Array,
  missing: 'value' | 'out' = 'value',
): Int32Array<ArrayBuffer> {
  const from = column * groups.length;
  const width = matrix.values[column]! + 1;
  const most = groups.reduce((sum, group) => Math.max(sum, group), 0);
  // Part + 1; 0 where there is none yet.
  const parts = new Int32Array((most + 1) * width);
  const refined = new Int32Array(groups.length);
  let known = 0;
  for (let row = 0; row < groups.length; row++) {
    const group = groups[row]!;
    const code = matrix.codes[from + row]!;
    if (group < 0 || (code < 0 && missing === 'out')) {
      refined[row] = -1;
      continue;
    }
    const at = group * width + code + 1;
    if (parts[at] === 0) parts[at] = ++known;
    refined[row] = parts[at]! - 1;
  }
  return refined;
}

/** Bits, summed over the rows that are in a group, that the groups leave open about the classes. */
export function openBits(groups: Int32Array, { classes, codes }: Labels): number {
  const most = groups.reduce((sum, group) => Math.max(sum, group), 0);
  const sizes = new Int32Array(most + 1);
  const cells = new Int32Array((most + 1) * classes.length);
  for (let row = 0; row < groups.length; row++) {
    const group = groups[row]!;
    if (group < 0) continue;
    sizes[group]!++;
    cells[group * classes.length + codes[row]!]!++;
  }
  let bits = 0;
  for (const size of sizes) if (size > 1) bits += xlog2x(size);
  for (const size of cells) if (size > 1) bits -= xlog2x(size);
  return bits;
}

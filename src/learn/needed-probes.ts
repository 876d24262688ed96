import type { Matrix } from '../dataset/matrix.js';
import type { Labels, Model } from './learner.js';
import { xlog2x } from './split-score.js';

/** Bits by which a column must sharpen the classes to be worth a probe. */
const worth = 1e-9;

/**
 * Few probes, ascending, that show every column on which `model` decides; for a model that looks at all alike, as
 * many as it takes to tell apart what all columns tell apart, the most informative column first.
 */
export function neededProbes(matrix: Matrix, labels: Labels, model: Model): number[] {
  const deciding = model.decidingColumns();
  return cover(matrix, deciding.length > 0 ? deciding : separatingColumns(matrix, labels));
}

/** Greedy set cover: the probe that shows most of the columns that are left, the first of equals. */
function cover(matrix: Matrix, columns: readonly number[]): number[] {
  const shows = new Map<number, Set<number>>();
  for (const column of columns)
    for (const { probe } of matrix.members(column)) {
      const shown = shows.get(probe) ?? new Set();
      shows.set(probe, shown.add(column));
    }
  const candidates = [...shows].sort(([one], [other]) => one - other);
  const left = new Set(columns);
  const chosen: number[] = [];
  while (left.size > 0) {
    let best: (typeof candidates)[number] | undefined;
    for (const candidate of candidates) if (!best || candidate[1].size > best[1].size) best = candidate;
    const [probe, shown] = best!;
    chosen.push(probe);
    for (const column of [...shown]) {
      left.delete(column);
      for (const { probe: other } of matrix.members(column)) shows.get(other)!.delete(column);
    }
  }
  return chosen.sort((one, other) => one - other);
}

/** Columns that, one after the other, tell most about the classes that those before leave open. */
function separatingColumns(matrix: Matrix, labels: Labels): number[] {
  const height = matrix.rows.length;
  let groups = new Int32Array(height);
  let open = entropy(groups, labels);
  const chosen: number[] = [];
  for (;;) {
    let best: { column: number; groups: Int32Array<ArrayBuffer>; open: number } | undefined;
    for (let column = 0; column < matrix.columns; column++) {
      const refined = refine(matrix, column, groups);
      const left = entropy(refined, labels);
      if (left < (best?.open ?? open) - worth) best = { column, groups: refined, open: left };
    }
    if (!best) return chosen;
    chosen.push(best.column);
    ({ groups, open } = best);
  }
}

function refine(matrix: Matrix, column: number, groups: Int32Array): Int32Array<ArrayBuffer> {
  const height = groups.length;
  const width = matrix.values[column]! + 1;
  const number = new Map<number, number>();
  return Int32Array.from(groups, (group, row) => {
    const key = group * width + matrix.codes[column * height + row]! + 1;
    const known = number.get(key) ?? number.size;
    number.set(key, known);
    return known;
  });
}

/** Bits, over all machines, that the groups leave open about the classes. */
function entropy(groups: Int32Array, labels: Labels): number {
  const classes = labels.classes.length;
  const sizes = new Map<number, number>();
  const cells = new Map<number, number>();
  for (const [row, group] of groups.entries()) {
    const cell = group * classes + labels.codes[row]!;
    sizes.set(group, (sizes.get(group) ?? 0) + 1);
    cells.set(cell, (cells.get(cell) ?? 0) + 1);
  }
  let bits = 0;
  for (const size of sizes.values()) bits += xlog2x(size);
  for (const size of cells.values()) bits -= xlog2x(size);
  return bits;
}

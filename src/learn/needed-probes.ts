import type { Matrix } from '../dataset/matrix.js';
import { openBits, refine } from './joint-partition.js';
import type { Labels, Model } from './learner.js';

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
  let open = openBits(groups, labels);
  const chosen: number[] = [];
  for (;;) {
    let best: { column: number; groups: Int32Array<ArrayBuffer>; open: number } | undefined;
    for (let column = 0; column < matrix.columns; column++) {
      const refined = refine(matrix, column, groups);
      const left = openBits(refined, labels);
      if (left < (best?.open ?? open) - worth) best = { column, groups: refined, open: left };
    }
    if (!best) return chosen;
    chosen.push(best.column);
    ({ groups, open } = best);
  }
}

import { createRequire } from 'node:module';
import type { Matrix } from '../dataset/matrix.js';
import { InputError } from '../errors.js';
import type { Labels, Learner, Model } from './learner.js';
import { majority } from './majority.js';

/** Loads a package of mljs when it is first asked for: without types that hold, and of several module kinds. */
export const load = createRequire(import.meta.url);

/** Seconds that one fit, with answers for a tenth of the rows, may take: a tenth of ten minutes. */
const limit = 60;

/** @throws InputError when ten folds would take more than ten minutes by `seconds`, the estimate for one. */
export function refuseAbove(name: string, own: string, size: string, seconds: number): void {
  if (seconds <= limit) return;
  const minutes = Math.ceil(seconds / 6);
  throw new InputError(
    `${name} would take about ${minutes} minutes for ten folds of ${size}; it is refused above 10.`,
    { remedy: `Take ${own}, or fewer rows or fields.` },
  );
}

/** The majority's model where there is nothing to learn, on which the packages fail; else undefined. */
export function trivial(
  matrix: Matrix,
  rows: Int32Array,
  labels: Labels,
  random: Parameters<Learner['fit']>[3],
): Model | undefined {
  const one = rows.every((row) => labels.codes[row] === labels.codes[rows[0]!]);
  return one || matrix.columns === 0 ? majority.fit(matrix, rows, labels, random) : undefined;
}

/** `counts` as shares of their sum. */
export function shares(counts: Float64Array): Float64Array {
  const total = counts.reduce((sum, count) => sum + count, 0);
  return counts.map((count) => count / total);
}

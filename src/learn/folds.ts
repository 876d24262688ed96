import type { RandomStream } from '../random.js';
import type { Labels } from './learner.js';

/**
 * A fold (0..folds-1) for each row. The members of a class, shuffled, are dealt to the folds in turn, and the
 * next class goes on where the last one stopped: folds differ by at most one row, and a class with fewer members
 * than folds is spread over as many folds as it has members.
 */
export function stratifiedFolds(labels: Labels, folds: number, random: RandomStream): Int32Array {
  const fold = new Int32Array(labels.codes.length);
  let turn = random.below(folds);
  for (const code of labels.classes.keys()) {
    const members = [...labels.codes.keys()].filter((row) => labels.codes[row] === code);
    for (const row of random.shuffle(members)) fold[row] = turn++ % folds;
  }
  return fold;
}

/** Rows of a fold, and all others. */
export function splitFold(folds: Int32Array, fold: number): { train: Int32Array; test: Int32Array } {
  const rows = Int32Array.from(folds.keys());
  return {
    train: rows.filter((row) => folds[row] !== fold),
    test: rows.filter((row) => folds[row] === fold),
  };
}

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

/**
 * A fold (0..folds-1) for each row such that rows of one group are in one fold: groups, the largest first and equals
 * shuffled, go where their classes have the fewest rows so far, then where there are the fewest rows.
 * @param groups group of each row, 0 or more; there are at least as many groups as folds
 */
export function groupedFolds(
  labels: Labels,
  groups: Int32Array,
  folds: number,
  random: RandomStream,
): Int32Array {
  const members = rowsByGroup(groups);
  const classes = labels.classes.length;
  const inFold = new Float64Array(folds * classes);
  const sizes = new Int32Array(folds);
  const fold = new Int32Array(groups.length);
  const order = random.shuffle([...members.keys()]);
  order.sort((one, other) => members[other]!.length - members[one]!.length);
  for (const group of order) {
    const rows = members[group]!;
    const crowd = (at: number) =>
      rows.reduce((sum, row) => sum + inFold[at * classes + labels.codes[row]!]!, 0) * groups.length +
      sizes[at]!;
    const crowds = Array.from({ length: folds }, (_, at) => crowd(at));
    const empty = sizes.indexOf(0);
    const chosen = empty >= 0 ? empty : crowds.indexOf(Math.min(...crowds));
    for (const row of rows) {
      fold[row] = chosen;
      inFold[chosen * classes + labels.codes[row]!]!++;
    }
    sizes[chosen]! += rows.length;
  }
  return fold;
}

function rowsByGroup(groups: Int32Array): number[][] {
  const members: number[][] = [];
  for (const [row, group] of groups.entries()) {
    members[group] ??= [];
    members[group].push(row);
  }
  return members;
}

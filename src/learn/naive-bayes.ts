import type { Matrix } from '../dataset/matrix.js';
import { classCounts, classification, columnName, type Labels, type Learner } from './learner.js';

/** Columns that `describe` names. */
const shown = 10;

/** Log-likelihoods of the values of a column, all its members together: [value][class], from `start[column]`. */
interface Likelihoods {
  readonly start: Int32Array;
  readonly logs: Float64Array;
}

function likelihoods(matrix: Matrix, rows: Int32Array, labels: Labels): Likelihoods {
  const classes = labels.classes.length;
  const start = new Int32Array(matrix.columns + 1);
  for (const [column, values] of matrix.values.entries())
    start[column + 1] = start[column]! + values * classes;
  const logs = new Float64Array(start[matrix.columns]!);
  const known = new Float64Array(classes);
  for (let column = 0; column < matrix.columns; column++) {
    const own = logs.subarray(start[column]!, start[column + 1]!);
    const from = column * matrix.rows.length;
    known.fill(matrix.values[column]!);
    for (const row of rows) {
      const code = matrix.codes[from + row]!;
      if (code < 0) continue;
      own[code * classes + labels.codes[row]!]!++;
      known[labels.codes[row]!]!++;
    }
    for (let cell = 0; cell < own.length; cell++)
      own[cell] = matrix.multiplicity[column]! * Math.log((own[cell]! + 1) / known[cell % classes]!);
  }
  return { start, logs };
}

/** By column, how far apart its most telling value sets two of the classes: logarithm of the ratio of likelihoods. */
function spreads({ start, logs }: Likelihoods, present: readonly number[], classes: number): Float64Array {
  const spread = new Float64Array(start.length - 1);
  for (let column = 0; column < spread.length; column++) {
    for (let from = start[column]!; from < start[column + 1]!; from += classes) {
      const own = present.map((label) => logs[from + label]!);
      spread[column] = Math.max(spread[column]!, Math.max(...own) - Math.min(...own));
    }
  }
  return spread;
}

/**
 * Naive Bayes as Weka's on nominal attributes: counts of values and of classes with one added to each, a missing
 * value left out. A class without a training machine is never the answer, which in Weka it may be. Beverly (PAM
 * 2004) classified operating systems by it.
 */
export const naiveBayes: Learner = {
  name: 'naive-bayes',
  fit(matrix, rows, labels) {
    const { logs, start } = likelihoods(matrix, rows, labels);
    const classes = labels.classes.length;
    const machines = classCounts(rows, labels);
    const priors = machines.map((count) =>
      count > 0 ? Math.log((count + 1) / (rows.length + classes)) : Number.NEGATIVE_INFINITY,
    );
    const present = [...machines.keys()].filter((label) => machines[label]! > 0);
    const ranked = () => {
      const spread = spreads({ logs, start }, present, classes);
      const columns = [...spread.keys()].filter((column) => spread[column]! > 0);
      return { spread, columns: columns.sort((one, other) => spread[other]! - spread[one]!) };
    };
    return {
      classify(_matrix, row) {
        const sums = priors.slice();
        for (let column = 0; column < matrix.columns; column++) {
          const code = matrix.codes[column * matrix.rows.length + row]!;
          const from = start[column]! + code * classes;
          if (code >= 0) for (const label of present) sums[label]! += logs[from + label]!;
        }
        const most = Math.max(...sums);
        const shares = sums.map((sum) => Math.exp(sum - most));
        const total = shares.reduce((sum, share) => sum + share, 0);
        return classification(
          labels.classes,
          shares.map((share) => share / total),
        );
      },
      decidingColumns: () => ranked().columns,
      describe() {
        const { columns, spread } = ranked();
        const lines = columns
          .slice(0, shown)
          .map((column) => `${spread[column]!.toFixed(2)} ${columnName(matrix, column)}`);
        return [
          `naive Bayes over ${matrix.totals.informative} columns; the farthest that a column sets two classes ` +
            'apart, as logarithm of odds:',
          ...lines,
        ].join('\n');
      },
    };
  },
};

import type { Matrix } from '../dataset/matrix.js';
import { classCounts, classification, columnName, type Labels, type Learner } from './learner.js';
import { normalBetween } from './normal.js';

/** Columns that `describe` names. */
const shown = 10;
/** Width of an interval where all training numbers are one. */
const usualPrecision = 0.01;

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
    if (matrix.numbers?.[column]) {
      normalLogs(matrix, column, rows, labels, own);
      continue;
    }
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

/** Weka's least likelihood of a number. */
const least = 1e-75;

/** The nearest whole number, the even one of two as near (Java's `Math.rint`). */
function toEven(number: number): number {
  const near = Math.round(number);
  return near - number === 0.5 && near % 2 !== 0 ? near - 1 : near;
}

/**
 * The likelihoods of a numeric column's numbers: by class a normal distribution of the training numbers, rounded to
 * their mean distance, which is how wide an interval is asked for and, six times, the least deviation.
 */
function normalLogs(
  matrix: Matrix,
  column: number,
  rows: Int32Array,
  labels: Labels,
  logs: Float64Array,
): void {
  const numbers = matrix.numbers![column]!;
  const classes = labels.classes.length;
  const codeOf = (row: number) => matrix.codes[column * matrix.rows.length + row]!;
  const seen = new Set(rows.map(codeOf).filter((code) => code >= 0));
  const [low, high] = [Math.min(...seen), Math.max(...seen)];
  const precision = seen.size > 1 ? (numbers[high]! - numbers[low]!) / (seen.size - 1) : usualPrecision;
  const rounded = (number: number) => toEven(number / precision) * precision;
  for (let label = 0; label < classes; label++) {
    const own = [...rows]
      .filter((row) => labels.codes[row] === label && codeOf(row) >= 0)
      .map((row) => rounded(numbers[codeOf(row)]!));
    const middle = own.reduce((sum, number) => sum + number, 0) / Math.max(1, own.length);
    const squares = own.reduce((sum, number) => sum + (number - middle) ** 2, 0);
    const deviation = Math.max(Math.sqrt(squares / Math.max(1, own.length)), precision / 6);
    for (const [code, number] of numbers.entries()) {
      const z = (rounded(number) - middle) / deviation;
      const half = precision / 2 / deviation;
      logs[code * classes + label] = Math.log(Math.max(least, normalBetween(z - half, z + half)));
    }
  }
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
 * Naive Bayes as Weka's: counts of values and of classes with one added to each, numbers normally distributed, a missing
 * value left out. A class without a training machine is never the answer, which in Weka it may be. Beverly (PAM
 * 2004) classified operating systems by it.
 */
export const naiveBayes: Learner = {
  name: 'naive-bayes',
  takesNumbers: true,
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

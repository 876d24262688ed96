import type { Matrix } from '../dataset/matrix.js';
import type { RandomStream } from '../random.js';
import { classCounts, classification, type Labels, type Learner, weightLines } from './learner.js';
import { linearColumns } from './linear-columns.js';
import { differences, overlapDistance } from './overlap-distance.js';

/** Columns that `describe` names. */
const shown = 10;
const mostPasses = 1000;
/** Done when no multiplier moved the log-odds of its own machine by more than this in a pass. */
const enough = 1e-4;

const logistic01 = (z: number) => (z >= 0 ? 1 / (1 + Math.exp(-z)) : Math.exp(z) / (1 + Math.exp(z)));

/**
 * Inner products of all pairs of rows when each value of each column is a 0/1 feature and there is one more feature
 * that is always 1, the intercept. A missing value has no feature.
 */
function agreements(matrix: Matrix): Float64Array {
  const differing = differences(matrix);
  const height = matrix.rows.length;
  const total = matrix.totals.informative + 1;
  const agreeing = differing.binary.map((_, at) => total - overlapDistance(differing, at));
  if (!matrix.missing) return agreeing;
  for (let column = 0; column < matrix.columns; column++) {
    for (let row = 0; row < height; row++) {
      if (matrix.codes[column * height + row]! < 0)
        agreeing[row * height + row]! -= matrix.multiplicity[column]!;
    }
  }
  return agreeing;
}

/** Root of `a (cost s(u) - from) + b + u`, s the logistic function: Newton's method in a shrinking bracket. */
function solve(cost: number, a: number, b: number, from: number, start: number): number {
  let low = -b - a * (cost - from);
  let high = -b + a * from;
  let u = Math.min(high, Math.max(low, start));
  for (let step = 0; step < 100; step++) {
    const s = logistic01(u);
    const value = a * (cost * s - from) + b + u;
    if (Math.abs(value) < 1e-9) break;
    if (value > 0) high = u;
    else low = u;
    const next = u - value / (a * cost * s * (1 - s) + 1);
    u = next > low && next < high ? next : (low + high) / 2;
  }
  return u;
}

/**
 * Signed multipliers of one class against the rest, by coordinate descent on the dual (Yu, Huang and Lin, Machine
 * Learning 85, 2011).
 */
function fitOne(
  kernel: Float64Array,
  signs: Int8Array,
  cost: number,
  random: RandomStream,
): { weights: Float64Array; passes: number } {
  const size = signs.length;
  const logits = new Float64Array(size).fill(Math.log(1e-8));
  const weights = logits.map((u, place) => signs[place]! * cost * logistic01(u));
  const outputs = new Float64Array(size);
  for (const [place, weight] of weights.entries())
    for (let other = 0; other < size; other++) outputs[other]! += weight * kernel[place * size + other]!;
  const order = Int32Array.from(signs.keys());
  let passes = 0;
  for (let moved = Number.POSITIVE_INFINITY; moved > enough && passes < mostPasses; passes++) {
    moved = 0;
    for (const place of random.shuffle(order)) {
      const sign = signs[place]!;
      const own = kernel[place * size + place]!;
      const from = weights[place]! * sign;
      const u = solve(cost, own, sign * outputs[place]!, from, logits[place]!);
      const change = sign * (cost * logistic01(u) - from);
      logits[place] = u;
      if (change === 0) continue;
      weights[place]! += change;
      moved = Math.max(moved, Math.abs(change) * own);
      for (let other = 0; other < size; other++) outputs[other]! += change * kernel[place * size + other]!;
    }
  }
  return { weights, passes };
}

function fitAll(matrix: Matrix, rows: Int32Array, labels: Labels, cost: number, random: RandomStream) {
  const height = matrix.rows.length;
  const all = agreements(matrix);
  const kernel = new Float64Array(rows.length ** 2);
  for (const [to, one] of rows.entries())
    for (const [place, other] of rows.entries())
      kernel[to * rows.length + place] = all[one * height + other]!;
  const counts = classCounts(rows, labels);
  const machines = [...labels.classes.keys()].map((code) => {
    if (counts[code] === 0) return undefined;
    const signs = Int8Array.from(rows, (row) => (labels.codes[row] === code ? 1 : -1));
    return fitOne(kernel, signs, cost, random.fork(`${code}`));
  });
  return { all, machines };
}

/** Logistic regression with another weight of the likelihood than 1. */
export const logisticOf = (cost: number): Learner => ({
  name: 'logistic',
  fit(matrix, rows, labels, random) {
    const { all, machines } = fitAll(matrix, rows, labels, cost, random);
    const height = matrix.rows.length;
    const columns = () =>
      linearColumns(
        matrix,
        machines.flatMap((machine) => (machine ? [{ rows, weights: machine.weights }] : [])),
        1,
      );
    return {
      classify(_matrix, row) {
        const shares = Float64Array.from(machines, (machine) => {
          if (!machine) return 0;
          let output = 0;
          for (const [place, other] of rows.entries())
            output += machine.weights[place]! * all[other * height + row]!;
          return logistic01(Math.max(output, -700));
        });
        const total = shares.reduce((sum, share) => sum + share, 0);
        return classification(
          labels.classes,
          shares.map((share) => share / total),
        );
      },
      decidingColumns: () => [],
      describe() {
        const fitted = machines.filter((machine) => machine !== undefined);
        const passes = Math.max(...fitted.map((machine) => machine.passes));
        return [
          `${fitted.length} classes, each against the rest, over ${matrix.totals.informative} columns; ` +
            `${rows.length} training machines, at most ${passes} passes over them; share of the squared weights:`,
          ...weightLines(matrix, columns(), shown),
        ].join('\n');
      },
      columnWeights: columns,
    };
  },
});

/**
 * Logistic regression, one class against the rest, L2-regularised with the intercept (C = 1), on a 0/1 feature for
 * each value of each column: LIBLINEAR's, by which nmap tells IPv6 stacks apart. Probabilities are those of the
 * classes, scaled to sum to 1.
 */
export const logistic: Learner = logisticOf(1);

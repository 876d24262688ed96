import { median } from '../figures.js';
import { chiSquareBeyond, kolmogorovBeyond, normalBeyond } from './distributions.js';

/** A two-sample test's outcome: `p` is the chance of a statistic at least as extreme where both samples have one law. */
export interface TestResult {
  readonly test: string;
  readonly statistic: number;
  readonly p: number;
}

type Sample = readonly number[];

export const mean = (values: Sample) => values.reduce((sum, value) => sum + value, 0) / values.length;

function variance(values: Sample): number {
  const middle = mean(values);
  return values.reduce((sum, value) => sum + (value - middle) ** 2, 0) / (values.length - 1);
}

/** Fewer are expected in no cell: the approximation by chi-square needs as many (Cochran 1954). */
const leastExpected = 5;

/** Joins neighbouring classes until each has enough in both samples. */
function joined(a: Sample, b: Sample): [number, number][] {
  const sum = (values: Sample) => values.reduce((total, value) => total + value, 0);
  const [all, smaller] = [sum(a) + sum(b), Math.min(sum(a), sum(b))];
  const enough = ([x, y]: readonly [number, number]) => ((x + y) * smaller) / all >= leastExpected;
  const classes: [number, number][] = [];
  let open: [number, number] = [0, 0];
  for (let at = 0; at < Math.max(a.length, b.length); at++) {
    open = [open[0] + (a[at] ?? 0), open[1] + (b[at] ?? 0)];
    if (!enough(open)) continue;
    classes.push(open);
    open = [0, 0];
  }
  const last = classes.at(-1);
  if (last && open[0] + open[1] > 0) classes[classes.length - 1] = [last[0] + open[0], last[1] + open[1]];
  return classes;
}

/**
 * Pearson's chi-square test of homogeneity: whether independent observations fall into classes with the same chances in
 * both samples. Throws RangeError where fewer than two classes have enough of them.
 */
export function chiSquare(a: Sample, b: Sample): TestResult {
  const classes = joined(a, b);
  if (classes.length < 2) throw new RangeError('too few observations for a chi-square test');
  const totals = [0, 1].map((row) => classes.reduce((sum, each) => sum + each[row]!, 0)) as [number, number];
  const all = totals[0] + totals[1];
  const statistic = classes.reduce(
    (sum, [x, y]) =>
      sum +
      [x, y].reduce((cells, found, row) => {
        const expected = ((x + y) * totals[row]!) / all;
        return cells + (found - expected) ** 2 / expected;
      }, 0),
    0,
  );
  const freedom = classes.length - 1;
  return { test: `chi-square, ${freedom} df`, statistic, p: chiSquareBeyond(statistic, freedom) };
}

/** Welch's test of equal means, in large samples: its t is taken for normal. */
export function welch(a: Sample, b: Sample): TestResult {
  const error = Math.sqrt(variance(a) / a.length + variance(b) / b.length);
  const statistic = (mean(a) - mean(b)) / error;
  return { test: 'Welch', statistic, p: normalBeyond(statistic) };
}

/** Brown and Forsythe's test of equal spread: of two samples it is a test of the mean distance from the median. */
export function brownForsythe(a: Sample, b: Sample): TestResult {
  const distances = (values: Sample) => {
    const middle = median(values);
    return values.map((value) => Math.abs(value - middle));
  };
  const [x, y] = [distances(a), distances(b)];
  const freedom = a.length + b.length - 2;
  const pooled = ((a.length - 1) * variance(x) + (b.length - 1) * variance(y)) / freedom;
  const statistic = (mean(x) - mean(y)) ** 2 / (pooled * (1 / a.length + 1 / b.length));
  return { test: 'Brown-Forsythe', statistic, p: normalBeyond(Math.sqrt(statistic)) };
}

/** Kolmogorov and Smirnov's test of one continuous law, by the limit law of its statistic (conservative with ties). */
export function kolmogorovSmirnov(a: Sample, b: Sample): TestResult {
  const [x, y] = [[...a].sort((p, q) => p - q), [...b].sort((p, q) => p - q)];
  let [i, j, statistic] = [0, 0, 0];
  while (i < x.length && j < y.length) {
    const at = Math.min(x[i]!, y[j]!);
    while (x[i]! <= at) i++;
    while (y[j]! <= at) j++;
    statistic = Math.max(statistic, Math.abs(i / x.length - j / y.length));
  }
  const size = Math.sqrt((x.length * y.length) / (x.length + y.length));
  return { test: 'Kolmogorov-Smirnov', statistic, p: kolmogorovBeyond(statistic * size) };
}

/** Mann and Whitney's test that neither sample tends to be larger; with many ties, by the normal law. */
export function mannWhitney(a: Sample, b: Sample): TestResult {
  const all = [...a.map((value) => ({ value, own: 1 })), ...b.map((value) => ({ value, own: 0 }))];
  all.sort((p, q) => p.value - q.value);
  let [ranks, ties] = [0, 0];
  for (let start = 0; start < all.length; ) {
    let end = start;
    while (all[end]?.value === all[start]!.value) end++;
    const own = all.slice(start, end).reduce((sum, each) => sum + each.own, 0);
    ranks += (own * (start + 1 + end)) / 2;
    ties += (end - start) ** 3 - (end - start);
    start = end;
  }
  const [n, m, total] = [a.length, b.length, all.length];
  const u = ranks - (n * (n + 1)) / 2;
  const spread = Math.sqrt(((n * m) / 12) * (total + 1 - ties / (total * (total - 1))));
  const statistic = (u - (n * m) / 2) / spread;
  return { test: 'Mann-Whitney', statistic, p: normalBeyond(statistic) };
}

/** Holm's step-down correction: chances that can be held against one level for the whole family, in the given order. */
export function holm(chances: readonly number[]): number[] {
  const order = chances.map((_, at) => at).sort((a, b) => chances[a]! - chances[b]!);
  const corrected: number[] = [];
  let least = 0;
  for (const [rank, at] of order.entries()) {
    least = Math.max(least, Math.min(1, chances[at]! * (chances.length - rank)));
    corrected[at] = least;
  }
  return corrected;
}

import { createImpairment } from '../../src/netem/impairment/index.js';
import { holm } from '../statistics/tests.js';
import type { Condition } from './conditions.js';
import type { Observation } from './observation.js';

/** One test of the family. */
export interface Comparison {
  /** The setting, as tc-netem(8) writes it. */
  readonly condition: string;
  readonly measure: string;
  readonly test: string;
  /** One number for people, of each. */
  readonly kernel: number;
  readonly simulator: number;
  readonly statistic: number;
  readonly p: number;
  /** By Holm's correction over the whole family. */
  readonly corrected: number;
  readonly rejected: boolean;
}

/** What was seen of one condition. */
export interface Pair {
  readonly condition: Condition;
  readonly kernel: Observation;
  readonly simulator: Observation;
}

/** The level of the whole family: the chance that any of its tests rejects where all is alike. */
export const level = 0.01;

/** All tests of all conditions, as one family. */
export function compare(pairs: readonly Pair[]): Comparison[] {
  const tests = pairs.flatMap(({ condition, kernel, simulator }) =>
    condition.measures.map((measure) => ({
      condition: createImpairment(condition.spec).text,
      measure: measure.name,
      kernel: measure.summary(kernel),
      simulator: measure.summary(simulator),
      ...measure.test(kernel, simulator),
    })),
  );
  const corrected = holm(tests.map(({ p }) => p));
  return tests.map((test, at) => ({ ...test, corrected: corrected[at]!, rejected: corrected[at]! < level }));
}

const chance = (p: number) => (p < 1e-4 ? p.toExponential(0) : p.toFixed(4));
const figure = (value: number) => (value >= 100 ? value.toFixed(1) : value.toPrecision(4));

/** The comparisons as a Markdown table. */
export function comparisonTable(comparisons: readonly Comparison[]): string {
  const rows = [
    ['setting', 'measure', 'kernel', 'simulator', 'test', 'statistic', 'p', 'p, Holm', 'rejected'],
    ...comparisons.map((each) => [
      ...[each.condition, each.measure, figure(each.kernel), figure(each.simulator), each.test],
      ...[
        each.statistic.toPrecision(3),
        chance(each.p),
        chance(each.corrected),
        each.rejected ? 'yes' : 'no',
      ],
    ]),
  ];
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column]!)).join(' | ')} |`;
  const rule = `|${widths.map((width) => '-'.repeat(width + 2)).join('|')}|`;
  return [line(rows[0]!), rule, ...rows.slice(1).map(line)].join('\n');
}

import type { Matrix } from '../dataset/matrix.js';
import type { RandomStream } from '../random.js';
import { classCounts, classification, columnName, type Labels, type Learner } from './learner.js';
import type { Condition, RipperRule } from './ripper-rule.js';
import { rulesForClass } from './ripper-rules.js';

interface DecidedRule {
  /** Undefined for the last, which covers what is left. */
  readonly rule: RipperRule | undefined;
  /** Class that it was learnt for. */
  readonly code: number;
  /** Training machines that it decided, by class. */
  readonly machines: Float64Array;
}

/** Of a numeric column there are two for each number among the training machines. */
function conditionCount(matrix: Matrix, rows: Int32Array): number {
  const pairs = matrix.values.reduce((sum, values, column) => {
    const own = matrix.numbers?.[column] ? 2 * distinct(matrix, column, rows) : values;
    return sum + own * matrix.multiplicity[column]!;
  }, 0);
  return pairs + matrix.totals.constant;
}

function distinct({ codes, rows: all }: Matrix, column: number, rows: Int32Array): number {
  const found = new Set(rows.map((row) => codes[column * all.length + row]!));
  found.delete(-1);
  return found.size;
}

/** Rules in the order in which they are asked: for the rarest class first, none for the most frequent. */
function learnRules(matrix: Matrix, rows: Int32Array, labels: Labels, random: RandomStream): DecidedRule[] {
  const counts = classCounts(rows, labels);
  // Drawn among equally frequent classes, as Weka's ClassOrder does.
  const order = random.shuffle([...counts.keys()].filter((code) => counts[code]! > 0));
  order.sort((one, other) => counts[one]! - counts[other]!);
  const places = labels.codes.map((code) => order.indexOf(code));
  const conditions = conditionCount(matrix, rows);
  const decided: DecidedRule[] = [];
  let left = rows;
  for (const [place, code] of order.slice(0, -1).entries()) {
    const positive = Uint8Array.from(labels.codes, (label) => (label === code ? 1 : 0));
    if (!left.some((row) => positive[row] === 1)) continue;
    const share = counts[code]! / order.slice(place).reduce((sum, later) => sum + counts[later]!, 0);
    const task = { matrix, positive, conditions, rows: left, places, share };
    const list = rulesForClass(task, random.fork(`${code}`));
    for (const [at, rule] of list.rules.entries()) {
      const reached = list.left(at);
      const machines = classCounts(
        reached.filter((row) => rule.covers(row)),
        labels,
      );
      decided.push({ rule, code, machines });
    }
    left = list.left();
  }
  return [...decided, { rule: undefined, code: order.at(-1)!, machines: classCounts(left, labels) }];
}

function distributionOf({ code, machines }: DecidedRule): Float64Array {
  const total = machines.reduce((sum, count) => sum + count, 0);
  return machines.map((count, label) => (total > 0 ? count / total : label === code ? 1 : 0));
}

function testText(matrix: Matrix, { column, high, low }: Condition): string {
  const { values } = matrix.describeColumn(column);
  if (!matrix.numbers?.[column]) return `= ${values[low]}`;
  return low === 0 ? `<= ${values[high]}` : `>= ${values[low]}`;
}

function ruleText({ code, machines, rule }: DecidedRule, matrix: Matrix, labels: Labels): string {
  const parts = (rule?.conditions ?? []).map(
    (condition) => `(${columnName(matrix, condition.column)} ${testText(matrix, condition)})`,
  );
  const total = machines.reduce((sum, count) => sum + count, 0);
  const wrong = total - machines[code]!;
  return `${[...parts].join(' and ')}${parts.length > 0 ? ' ' : ''}=> ${labels.classes[code]} (${total}${wrong > 0 ? `/${wrong}` : ''})`;
}

/**
 * RIPPER (Cohen 1995) as Weka's JRip with defaults: rules for one class after the other, the rarest first, each
 * grown on two thirds of the machines and pruned on the rest, kept while the description length allows, then
 * optimised twice; a numeric column is asked for bounds. Answers the shares of the classes among the training machines that the same rule decided.
 */
export const ripper: Learner = {
  name: 'ripper',
  takesNumbers: true,
  fit(matrix, rows, labels, random) {
    const decided = learnRules(matrix, rows, labels, random);
    return {
      classify(_matrix, row) {
        const found = decided.find(({ rule }) => rule === undefined || rule.covers(row))!;
        return classification(labels.classes, distributionOf(found));
      },
      decidingColumns() {
        const asked = new Map<number, number>();
        for (const { machines, rule } of decided) {
          const covered = machines.reduce((sum, count) => sum + count, 0);
          for (const { column } of rule?.conditions ?? [])
            asked.set(column, (asked.get(column) ?? 0) + covered);
        }
        return [...asked].sort(([, one], [, other]) => other - one).map(([column]) => column);
      },
      describe: () => decided.map((one) => ruleText(one, matrix, labels)).join('\n'),
    };
  },
};

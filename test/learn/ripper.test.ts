import { describe, expect, it } from 'vitest';
import { buildMatrix } from '../../src/dataset/matrix.js';
import { learners } from '../../src/learn/index.js';
import { labelsOf } from '../../src/learn/learner.js';
import { exceptionsLength, RuleList } from '../../src/learn/ripper-length.js';
import { RipperRule } from '../../src/learn/ripper-rule.js';
import { randomStream } from '../../src/random.js';
import { columnsOf } from '../dataset/matrix-table.js';

function table(rows: number, columns: number, seed: number) {
  const random = randomStream(seed, 'ripper');
  return Array.from({ length: columns }, () => Array.from({ length: rows }, () => random.below(3)));
}

function train(columns: number[][], labels: string[]) {
  const { fields, summaries } = columnsOf(columns);
  const matrix = buildMatrix(summaries, fields);
  const rows = Int32Array.from(labels.keys());
  return { matrix, model: learners.ripper.fit(matrix, rows, labelsOf(labels), randomStream(1, 'fit')) };
}

describe('ripper', () => {
  it('finds the rules that made the labels', () => {
    const columns = table(200, 12, 1);
    const labels = columns[0]!.map((value, row) =>
      value === 1 && columns[3]![row] === 2 ? 'both' : columns[7]![row] === 0 ? 'zero' : 'rest',
    );
    const { matrix, model } = train(columns, labels);
    const lines = model.describe().split('\n');
    expect(lines[0]).toMatch(
      /^\(ip\.ttl of probe (0 = 1|3 = 2)\) and \(ip\.ttl of probe (0 = 1|3 = 2)\) => both \(\d+\)$/,
    );
    expect(lines[1]).toMatch(/^\(ip\.ttl of probe 7 = 0\) => zero \(\d+\)$/);
    expect(lines[2]).toMatch(/^=> rest \(\d+\)$/);
    expect(lines).toHaveLength(3);
    expect(labels.map((_, row) => model.classify(matrix, row).label)).toEqual(labels);
    const asked = model.decidingColumns().map((column) => matrix.describeColumn(column).probe);
    expect(asked[0]).toBe(7);
    expect(new Set(asked)).toEqual(new Set([0, 3, 7]));
  });

  it('makes next to nothing of noise', () => {
    const columns = table(200, 30, 2);
    const random = randomStream(3, 'labels');
    const labels = columns[0]!.map(() => (random.below(3) === 0 ? 'rare' : 'usual'));
    const { matrix, model } = train(columns, labels);
    const rest = Number(/=> usual \((\d+)\/\d+\)$/.exec(model.describe())![1]);
    expect(rest).toBeGreaterThan(150);
    expect(labels.filter((_, row) => model.classify(matrix, row).label === 'usual').length).toBeGreaterThan(
      150,
    );
  });
});

describe('RipperRule', () => {
  const { fields, summaries } = columnsOf([
    [1, 1, 1, 1, 2, 2, 2, 2],
    [1, 1, 1, 2, 1, 1, 2, 2],
  ]);
  const matrix = buildMatrix(summaries, fields);
  const task = { matrix, positive: Uint8Array.of(1, 1, 1, 0, 0, 0, 0, 0), conditions: 4 };
  const all = Int32Array.from(matrix.rows.keys());

  it('grows until it covers no other class, and is cut to what holds elsewhere', () => {
    const grown = new RipperRule(task).grown(all);
    expect(grown.conditions).toEqual([
      { column: 0, low: 0, high: 0 },
      { column: 1, low: 0, high: 0 },
    ]);
    expect(all.filter((row) => grown.covers(row))).toEqual(Int32Array.of(0, 1, 2));
    // On these rows the second condition gains nothing.
    expect(grown.pruned(Int32Array.of(0, 1, 4, 5), false).conditions).toHaveLength(1);
    expect(grown.pruned(all, true).conditions).toHaveLength(2);
  });

  it('wants a condition to cover two machines of the class', () => {
    expect(new RipperRule(task).grown(Int32Array.of(0, 3, 4, 5, 6, 7)).conditions).toEqual([]);
  });

  it('drops rules that make a list longer', () => {
    const good = new RipperRule(task).grown(all);
    const idle = new RipperRule(task, [
      { column: 0, low: 1, high: 1 },
      { column: 1, low: 0, high: 0 },
    ]);
    const list = new RuleList(task, all, 3 / 8, [good, idle]);
    expect(list.reduced().rules).toEqual([good]);
    expect(list.left(1)).toEqual(Int32Array.of(3, 4, 5, 6, 7));
  });
});

describe('exceptionsLength', () => {
  it('is the bits that name the exceptions', () => {
    // Nothing covered, 3 of 8 missed: log2 9 to count, and which 3 when each is expected with (5/8) 3/8.
    const share = 3 / 8;
    const p = ((1 - share) * 3) / 8;
    const bits = -3 * Math.log2(p) - 5 * Math.log2(1 - p);
    const none = { covered: 0, uncovered: 8, falsePositive: 0, falseNegative: 3 };
    expect(exceptionsLength(share, none)).toBeCloseTo(Math.log2(9) + bits, 9);
    const perfect = { covered: 3, uncovered: 5, falsePositive: 0, falseNegative: 0 };
    expect(exceptionsLength(share, perfect)).toBeCloseTo(Math.log2(9), 9);
  });
});

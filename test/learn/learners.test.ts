import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { buildMatrix, type Matrix } from '../../src/dataset/matrix.js';
import { summaryOfProbes } from '../../src/dataset/summary.js';
import { addedErrors } from '../../src/learn/c45-prune.js';
import { type Learner, learners } from '../../src/learn/index.js';
import { labelsOf } from '../../src/learn/learner.js';
import { SplitScorer } from '../../src/learn/split-score.js';
import { randomStream } from '../../src/random.js';
import { type Cell, columnsOf } from '../dataset/matrix-table.js';
import { weather } from './weather.js';

const all = (matrix: Matrix) => Int32Array.from(matrix.rows.keys());
const everyLearner = Object.entries(learners);

function train(learner: Learner, matrix: Matrix, labels: readonly string[], rows = all(matrix)) {
  const coded = labelsOf(labels);
  return learner.fit(matrix, rows, coded, randomStream(1, 'test'));
}

function matrixOf(columns: readonly (readonly Cell[])[]): Matrix {
  const { fields, summaries } = columnsOf(columns);
  return buildMatrix(summaries, fields);
}

describe('c45', () => {
  const matrix = buildMatrix(weather.summaries, weather.fields);

  it('scores the weather as Quinlan does', () => {
    const scorer = new SplitScorer(matrix, labelsOf(weather.labels), 14);
    scorer.begin({ rows: all(matrix), weights: null });
    const scores = weather.fields.map((_, column) => {
      scorer.score(column);
      return [scorer.gain, scorer.ratio];
    });
    const known = [
      [0.2467, 0.1564],
      [0.0292, 0.0188],
      [0.1518, 0.1518],
      [0.0481, 0.0488],
    ];
    for (const [column, [gain, ratio]] of known.entries()) {
      expect(scores[column]![0]).toBeCloseTo(gain!, 4);
      expect(scores[column]![1]).toBeCloseTo(ratio!, 4);
    }
  });

  it('grows the known tree', () => {
    const model = train(learners.c45, matrix, weather.labels);
    expect(model.describe().split('\n')).toEqual([
      'outlook of probe 0 = "sunny"',
      '|   humidity of probe 0 = "high": no (3)',
      '|   humidity of probe 0 = "normal": yes (2)',
      'outlook of probe 0 = "overcast": yes (4)',
      'outlook of probe 0 = "rain"',
      '|   wind of probe 0 = "calm": yes (3)',
      '|   wind of probe 0 = "windy": no (2)',
    ]);
    const asked = model.decidingColumns().map((column) => matrix.describeColumn(column).field);
    expect(asked[0]).toBe('outlook');
    expect(new Set(asked)).toEqual(new Set(['outlook', 'humidity', 'wind']));
  });

  it('answers a value it never saw with the shares at the node', () => {
    const colours = matrixOf([['r', 'r', 'b', 'b', 'b', 'g']]);
    const model = train(learners.c45, colours, ['x', 'x', 'y', 'y', 'y', 'x'], Int32Array.of(0, 1, 2, 3, 4));
    expect(model.classify(colours, 0)).toMatchObject({ label: 'x', confidence: 1 });
    expect(model.classify(colours, 5)).toMatchObject({ label: 'y', confidence: 3 / 5 });
  });

  it('adds the errors of the upper confidence limit', () => {
    // Quinlan, C4.5 (1993), section 4.2: U(0, 6) = 0.206, U(0, 9) = 0.143, U(0, 1) = 0.750, U(1, 16) = 0.157.
    expect(addedErrors(6, 0) / 6).toBeCloseTo(0.206, 3);
    expect(addedErrors(9, 0) / 9).toBeCloseTo(0.143, 3);
    expect(addedErrors(1, 0)).toBeCloseTo(0.75, 9);
    expect((1 + addedErrors(16, 1)) / 16).toBeCloseTo(0.157, 2);
    expect(addedErrors(5, 5)).toBe(0);
  });
});

describe('knn', () => {
  it('gives every machine at the third distance a vote', () => {
    // Distances from row 0: 0, 1, 2, 2, 3. The third nearest is at 2, and so is the fourth.
    const matrix = matrixOf([
      [1, 1, 2, 1, 2, 2],
      [1, 1, 1, 2, 2, 2],
      [1, 1, 1, 1, 1, 2],
      [1, 1, 1, 2, 1, 2],
    ]);
    const model = train(learners.knn, matrix, ['?', 'a', 'b', 'c', 'c', 'd'], Int32Array.of(1, 2, 3, 4, 5));
    const { distribution, label } = model.classify(matrix, 0);
    const classes = ['?', 'a', 'b', 'c', 'd'];
    const total = 4 + classes.length / 5;
    expect(label).toBe('c');
    expect([...distribution]).toEqual([0.2, 1.2, 1.2, 2.2, 0.2].map((votes) => votes / total));
  });

  it('counts a duplicated column twice', () => {
    const far = [1, 1, 2, 2, 2];
    const near = [1, 2, 1, 1, 1];
    const labels = ['?', 'a', 'b', 'b', 'b'];
    const rows = Int32Array.of(1, 2, 3, 4);
    const vote = (columns: number[][]) => {
      const matrix = matrixOf(columns);
      return [...train(learners.knn, matrix, labels, rows).classify(matrix, 0).distribution];
    };
    expect(vote([near, far, far, far])).not.toEqual(vote([near, near, near, far]));
    expect(matrixOf([far, near, far]).multiplicity[0]).toBe(2);
  });

  it('does not depend on the order of the columns', () => {
    const columns = fc.array(fc.array(fc.nat(2), { minLength: 9, maxLength: 9 }), {
      minLength: 1,
      maxLength: 12,
    });
    fc.assert(
      fc.property(columns, (given) => {
        const labels = ['a', 'b', 'a', 'c', 'b', 'a', 'c', 'b', 'a'];
        const rows = Int32Array.of(0, 1, 2, 3, 4, 5, 6);
        const [one, other] = [matrixOf(given), matrixOf([...given].reverse())];
        for (const row of [7, 8]) {
          const answer = train(learners.knn, one, labels, rows).classify(one, row);
          expect(train(learners.knn, other, labels, rows).classify(other, row)).toEqual(answer);
        }
      }),
    );
  });
});

describe('random-forest', () => {
  it('draws a column as often as it has members', () => {
    // Both columns tell the classes apart; 63 of 64 (probe, field) pairs are members of the first.
    const labels = ['a', 'a', 'b', 'b', 'c', 'c'];
    const strong = [1, 1, 2, 2, 3, 3];
    const weak = [1, 1, 2, 2, 3, 4];
    const matrix = matrixOf([...Array.from({ length: 63 }, () => strong), weak]);
    const [first] = train(learners['random-forest'], matrix, labels).decidingColumns();
    expect(matrix.multiplicity[first!]).toBe(63);
  });

  it('finds the one column that tells, however many do not', () => {
    const random = randomStream(3, 'noise');
    const labels = Array.from({ length: 12 }, (_, row) => (row % 2 ? 'odd' : 'even'));
    // Silence of one machine pair each: no gain to speak of, and 400 of them.
    const noise = Array.from({ length: 400 }, () => {
      const at = 2 * random.below(6);
      return labels.map((_, row) => (row === at || row === at + 1 ? 1 : 0));
    });
    const matrix = matrixOf([...noise, labels.map((label) => (label === 'odd' ? 1 : 2))]);
    const model = train(learners['random-forest'], matrix, labels);
    expect(labels.map((_, row) => model.classify(matrix, row).label)).toEqual(labels);
  });
});

describe.each(everyLearner)('%s', (name, learner) => {
  it('has the name it goes by', () => {
    expect(learner.name).toBe(name);
  });

  it('answers the majority where nothing tells the machines apart', () => {
    const matrix = matrixOf([[5, 5, 5, 5]]);
    const model = train(learner, matrix, ['b', 'b', 'a', 'b']);
    expect(model.classify(matrix, 2).label).toBe('b');
    expect(model.describe()).not.toBe('');
    expect(model.decidingColumns()).toEqual([]);
  });

  it('answers the majority where there is no column, and the one class where there is one', () => {
    const { fields, summaries } = columnsOf([[1, 2, 3, 4]]);
    const some = buildMatrix(summaries, fields);
    const empty = buildMatrix(
      summaries.map((one) => summaryOfProbes(one, [])),
      fields,
    );
    expect(empty).toMatchObject({ columns: 0, totals: { columns: 0 } });
    const unsure = train(learner, empty, ['b', 'b', 'a', 'b']);
    for (const row of [0, 1, 2, 3]) expect(unsure.classify(empty, row).label).toBe('b');
    const only = train(learner, some, ['a', 'a', 'a', 'a']);
    expect(only.classify(some, 3)).toMatchObject({ label: 'a', confidence: 1 });
    expect(only.decidingColumns()).toEqual([]);
  });

  it('answers where a class has a single machine, and where there is a single machine', () => {
    const matrix = matrixOf([
      [1, 1, 1, 2],
      [3, 3, 4, 5],
    ]);
    for (const rows of [all(matrix), Int32Array.of(3)]) {
      const model = train(learner, matrix, ['a', 'a', 'a', 'b'], rows);
      const { distribution, label } = model.classify(matrix, 3);
      expect(['a', 'b']).toContain(label);
      expect(distribution.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 9);
      expect(model.describe()).not.toBe('');
    }
    const lonely = train(learner, matrix, ['a', 'a', 'a', 'b'], Int32Array.of(3));
    expect(lonely.classify(matrix, 0).label).toBe('b');
  });

  it('learns from the training rows alone', () => {
    const random = randomStream(9, 'table');
    const matrix = matrixOf(
      Array.from({ length: 30 }, () => Array.from({ length: 20 }, () => random.below(3))),
    );
    const labels = matrix.rows.map((_, row) => 'abc'[row % 3]!);
    const rows = Int32Array.from({ length: 14 }, (_, row) => row);
    const lied = labels.map((label, row) => (row < 14 ? label : 'abc'[(row + 1) % 3]!));
    const [one, other] = [train(learner, matrix, labels, rows), train(learner, matrix, lied, rows)];
    for (const row of matrix.rows.keys()) {
      expect(other.classify(matrix, row)).toEqual(one.classify(matrix, row));
    }
  });

  it('gives a distribution that sums to 1, missing values or not', () => {
    const { fields, summaries } = columnsOf([
      [1, 1, 2, 2, 3, 3, 1],
      [1, 2, 1, 2, 1, 2, 1],
      [1, 2, 3, 3, 2, 1, 1],
    ]);
    for (const [row, probe] of [
      [1, 0],
      [3, 0],
      [6, 0],
      [2, 2],
    ] as const) {
      summaries[row]!.answers[probe] = 1;
    }
    const matrix = buildMatrix(summaries, fields, { partial: 'missing' });
    expect(matrix.missing).toBe(true);
    const model = train(
      learner,
      matrix,
      ['a', 'a', 'b', 'b', 'c', 'c', 'a'],
      Int32Array.of(0, 1, 2, 3, 4, 5),
    );
    for (let row = 0; row < 7; row++) {
      const { confidence, distribution, label } = model.classify(matrix, row);
      expect(distribution.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 9);
      expect(confidence).toBe(distribution['abc'.indexOf(label)]);
    }
  });
});

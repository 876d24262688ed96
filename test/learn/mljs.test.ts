import { describe, expect, it } from 'vitest';
import { buildMatrix } from '../../src/dataset/matrix.js';
import { InputError } from '../../src/errors.js';
import { type Learner, learners } from '../../src/learn/index.js';
import { labelsOf } from '../../src/learn/learner.js';
import { mljsForestOf } from '../../src/learn/mljs-random-forest.js';
import { OneHot } from '../../src/learn/one-hot.js';
import { randomStream } from '../../src/random.js';
import { columnsOf } from '../dataset/matrix-table.js';

const names = ['mljs-random-forest', 'mljs-svm', 'mljs-knn'] as const;

function matrixOf(columns: readonly (readonly number[])[]) {
  const { fields, summaries } = columnsOf(columns);
  return buildMatrix(summaries, fields);
}

/** Machines of three classes, each value wrong with a probability of a third. */
function noisy(machines: number, columns: number) {
  const random = randomStream(5, 'mljs');
  const labels = Array.from({ length: machines }, (_, row) => 'abc'[row % 3]!);
  const values = Array.from({ length: columns }, () =>
    labels.map((_, row) => (random.below(3) === 0 ? random.below(3) : row % 3)),
  );
  return { labels, matrix: matrixOf(values) };
}

describe('the one-hot matrix', () => {
  it('has the distances of the columns it was merged from', () => {
    const matrix = matrixOf([
      [1, 2, 1],
      [3, 4, 3],
      [5, 6, 7],
    ]);
    const coding = new OneHot(matrix, Int32Array.of(0, 1, 2));
    const [one, two, three] = [0, 1, 2].map((row) => coding.row(matrix, row)) as [
      number[],
      number[],
      number[],
    ];
    const squared = (a: number[], b: number[]) =>
      a.reduce((sum, value, at) => sum + (value - b[at]!) ** 2, 0);
    expect(coding.width).toBe(4);
    expect(squared(one, two)).toBeCloseTo(4, 9);
    expect(squared(one, three)).toBeCloseTo(2, 9);
  });
});

describe.each(names)('%s', (name) => {
  it('learns what many weak columns tell', () => {
    const { labels, matrix } = noisy(45, 24);
    const train = Int32Array.from({ length: 30 }, (_, row) => row);
    const model = learners[name].fit(matrix, train, labelsOf(labels), randomStream(1, 'fit'));
    const right = labels.filter((label, row) => row >= 30 && model.classify(matrix, row).label === label);
    expect(right.length).toBeGreaterThanOrEqual(13);
  });

  it('answers alike for the same seed', () => {
    const { labels, matrix } = noisy(24, 6);
    const train = Int32Array.from({ length: 18 }, (_, row) => row);
    const answers = () => {
      const model = learners[name].fit(matrix, train, labelsOf(labels), randomStream(2, 'fit'));
      return labels.map((_, row) => [...model.classify(matrix, row).distribution]);
    };
    expect(answers()).toEqual(answers());
  });

  it('refuses what would take more than ten minutes', () => {
    const { labels, matrix } = noisy(12, 4);
    const many = new Int32Array(200_000);
    const fit = () =>
      learners[name].fit(
        matrix,
        many.map((_, at) => at % 12),
        labelsOf(labels),
        randomStream(1, ''),
      );
    expect(fit).toThrow(InputError);
    expect(fit).toThrow(/would take about \d+ minutes for ten folds/);
  });
});

describe('mljs-random-forest', () => {
  it('has a hundred trees, and as many as a test asks for', () => {
    const { labels, matrix } = noisy(12, 4);
    const rows = Int32Array.from(labels.keys());
    const text = (learner: Learner) =>
      learner.fit(matrix, rows, labelsOf(labels), randomStream(1, 'fit')).describe();
    expect(text(learners['mljs-random-forest'])).toMatch(/^100 trees/);
    expect(text(mljsForestOf(3))).toMatch(/^3 trees/);
  });

  it('names the column that decides', () => {
    const { labels } = noisy(18, 1);
    const clear = matrixOf([
      labels.map((label) => 'abc'.indexOf(label)),
      labels.map((_, row) => (row < 9 ? 0 : 1)),
    ]);
    const rows = Int32Array.from(labels.keys());
    const model = learners['mljs-random-forest'].fit(clear, rows, labelsOf(labels), randomStream(1, 'fit'));
    expect(model.decidingColumns()[0]).toBe(0);
  });
});

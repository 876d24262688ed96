import { describe, expect, it } from 'vitest';
import { buildMatrix, type Matrix } from '../../src/dataset/matrix.js';
import { crossValidate, type LearnerName, labelsOf, learners } from '../../src/learn/index.js';
import { linearColumns } from '../../src/learn/linear-columns.js';
import { randomStream } from '../../src/random.js';
import { columnsOf } from '../dataset/matrix-table.js';

const machines = 60;
const names = Array.from({ length: machines }, (_, row) => 'abc'[row % 3]!);
const random = randomStream(7, 'insight');
const noise = () => Array.from({ length: machines }, () => random.below(3));
/** The class, wrong with a probability of a tenth. */
const telling = names.map((name) => (random.below(10) === 0 ? random.below(3) : 'abc'.indexOf(name)));

function matrixOf(columns: readonly (readonly number[])[]): Matrix {
  const { fields, summaries } = columnsOf(columns);
  return buildMatrix(summaries, fields);
}

function modelOf(name: LearnerName, matrix: Matrix, labels = names) {
  const rows = Int32Array.from(labels.keys());
  return learners[name].fit(matrix, rows, labelsOf(labels), randomStream(1, 'fit'));
}

describe('a random forest', () => {
  const noises = Array.from({ length: 7 }, noise);
  const matrix = matrixOf([...noises.slice(0, 3), telling, ...noises.slice(3)]);

  it('estimates out of bag what cross-validation finds', () => {
    const { outOfBag } = modelOf('random-forest', matrix).insight!();
    const options = { folds: 10, repeats: 3, seed: 1 };
    const { accuracy, insight } = crossValidate(matrix, names, learners['random-forest'], options);
    // Two binomial deviations of 60 machines at 85 %.
    expect(Math.abs(outOfBag! - accuracy)).toBeLessThan(0.1);
    expect(Math.abs(insight.out_of_bag! - accuracy)).toBeLessThan(0.1);
    expect(insight.important![0]).toMatchObject({ field: 'ip.ttl', probe: 3, alike: 0 });
  });

  it('is at chance out of bag where labels mean nothing', () => {
    const dealt = Array.from(
      randomStream(2, 'deal').shuffle(Int32Array.from(names.keys())),
      (r) => names[r]!,
    );
    // 20 of 60 on average with a deviation of 3.7; five deviations.
    expect(modelOf('random-forest', matrix, dealt).insight!().outOfBag).toBeLessThan((20 + 18.5) / machines);
  });

  it('loses most where the column that tells is shuffled, and next to nothing elsewhere', () => {
    const { importance } = modelOf('random-forest', matrix).insight!();
    const [first, ...others] = importance!;
    expect(matrix.describeColumn(first!.column).probe).toBe(3);
    expect(first!.weight).toBeGreaterThan(0.2);
    for (const { weight } of others) expect(Math.abs(weight)).toBeLessThan(0.1);
  });
});

describe('the columns of linear machines', () => {
  it('weigh the squares of their features, times their members', () => {
    const matrix = matrixOf([
      [0, 0, 1, 1],
      [5, 5, 6, 6],
      [0, 1, 2, 2],
    ]);
    const machines = [
      { rows: Int32Array.of(0, 1, 2, 3), weights: Float64Array.of(1, 0, -2, 0) },
      { rows: Int32Array.of(1, 3), weights: Float64Array.of(3, -3) },
    ];
    // By value: 1, -2 and 3, -3 for the first column, 1, 0, -2 and 0, 3, -3 for the other.
    expect(linearColumns(matrix, machines, 1)).toEqual([
      { column: 0, weight: 2 * (1 + 4 + 9 + 9) },
      { column: 1, weight: 1 + 4 + 9 + 9 },
    ]);
    expect(linearColumns(matrix, machines, 0.5)[0]).toEqual({ column: 0, weight: 1 + 4 + 9 + 9 });
  });

  it('name no column without weight', () => {
    const matrix = matrixOf([[0, 0, 1]]);
    const machine = { rows: Int32Array.of(0, 1), weights: Float64Array.of(1, -1) };
    expect(linearColumns(matrix, [machine], 1)).toEqual([]);
  });

  it.each(['svm', 'logistic'] as const)('weigh most where they tell: %s', (name) => {
    const matrix = matrixOf([noise(), noise(), telling, noise()]);
    const [first] = modelOf(name, matrix).columnWeights!();
    expect(matrix.describeColumn(first!.column).probe).toBe(2);
    expect(modelOf(name, matrix).describe()).toMatch(/squared weights:\n[\d.]+ % ip\.ttl of probe 2\n/);
  });

  it('the one column between two machines has the weight that a margin of 1 takes', () => {
    expect(modelOf('svm', matrixOf([[0, 1]]), ['a', 'b']).columnWeights!()[0]!.weight).toBeCloseTo(1, 6);
  });
});

describe('a learner that tunes', () => {
  const matrix = matrixOf([telling, ...Array.from({ length: 9 }, noise)]);
  const options = { folds: 5, repeats: 1, seed: 1 };

  it.each(['knn-tuned', 'svm-tuned', 'logistic-tuned', 'random-forest-tuned'] as const)(
    '%s chooses once a fold, and says what',
    (name) => {
      const { insight } = crossValidate(matrix, names, learners[name], options);
      expect(insight.chosen!.reduce((sum, { models }) => sum + models, 0)).toBe(5);
      expect(modelOf(name, matrix).describe()).toMatch(/^chosen on the training machines: \S.* \(of /);
    },
  );

  it('chooses what does best on the training machines', () => {
    // A third of the labels are those of the other class: the more neighbours, the better.
    const cluster = Array.from({ length: 160 }, (_, row) => row % 2);
    const labels = cluster.map((own) => 'ab'[random.float() < 0.33 ? 1 - own : own]!);
    const columns = Array.from({ length: 24 }, () =>
      cluster.map((own) => (random.float() < 0.25 ? random.below(3) : own)),
    );
    const { chosen } = modelOf('knn-tuned', matrixOf(columns), labels).insight!();
    expect(chosen).toMatch(/k = [59]/);
  });

  it('keeps groups on one side of the inner folds, as of the outer', () => {
    // Twins have a label of their own: with twins apart one neighbour is right, with twins together nothing is.
    const twins = 24;
    const own = Array.from({ length: twins }, (_, row) => row >> 1);
    const labels = own.map((pair) => (randomStream(pair, 'label').below(2) === 0 ? 'a' : 'b'));
    const values = Array.from({ length: 30 }, () => {
      const codes = Array.from({ length: twins / 2 }, () => random.below(4));
      return own.map((pair) => codes[pair]!);
    });
    const twinned = matrixOf(values);
    const rows = Int32Array.from(labels.keys());
    const coded = labelsOf(labels);
    const chosen = (groups?: Int32Array) =>
      learners['knn-tuned'].fit(twinned, rows, coded, randomStream(3, 'fit'), groups).insight!().chosen;
    expect(chosen()).toBe('k = 1');
    expect(chosen(Int32Array.from(own))).not.toBe('k = 1');
  });

  it('takes the usual setting where there is nothing to choose by', () => {
    const lonely = matrixOf([[0, 1, 1]]);
    const rows = Int32Array.of(0);
    const model = learners['knn-tuned'].fit(lonely, rows, labelsOf(['a', 'b', 'b']), randomStream(1, 'fit'));
    expect(model.classify(lonely, 1).label).toBe('a');
    expect(model.insight!().chosen).toBeUndefined();
  });
});

import { describe, expect, it } from 'vitest';
import { buildMatrix } from '../../src/dataset/matrix.js';
import { InputError } from '../../src/errors.js';
import { splitFold, stratifiedFolds } from '../../src/learn/folds.js';
import { crossValidate, learners, runAccuracy } from '../../src/learn/index.js';
import { labelsOf } from '../../src/learn/learner.js';
import { wilsonInterval } from '../../src/learn/metrics.js';
import { randomStream } from '../../src/random.js';
import { experimentResult } from '../../src/report/result.js';
import { columnsOf } from '../dataset/matrix-table.js';
import { synthesize } from './parity/synthetic.js';

const data = synthesize(21, { machines: 80, probes: 20, classes: 4, noise: 0.4 });
const matrix = buildMatrix(data.summaries, data.fields);
const options = { folds: 10, repeats: 2, seed: 7 };

describe('stratifiedFolds', () => {
  it('spreads each class, and keeps the folds of one size', () => {
    const labels = labelsOf([...'aaaaaaaaaaaaabbbbbbbcccd']);
    const folds = stratifiedFolds(labels, 5, randomStream(1, 'folds'));
    const sizes = [0, 1, 2, 3, 4].map((fold) => splitFold(folds, fold).test.length);
    expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
    for (const code of labels.classes.keys()) {
      const per = [0, 1, 2, 3, 4].map(
        (fold) => splitFold(folds, fold).test.filter((row) => labels.codes[row] === code).length,
      );
      expect(Math.max(...per) - Math.min(...per)).toBeLessThanOrEqual(1);
    }
    const { test, train } = splitFold(folds, 2);
    expect([...train, ...test].sort((one, other) => one - other)).toEqual([...folds.keys()]);
  });
});

describe('wilsonInterval', () => {
  it('agrees with published figures', () => {
    // R. G. Newcombe, Statistics in Medicine 17 (1998), table I, method 3.
    const round = (interval: [number, number]) => interval.map((share) => Number(share.toFixed(4)));
    expect(round(wilsonInterval(81 / 263, 263))).toEqual([0.2553, 0.3662]);
    expect(round(wilsonInterval(15 / 148, 148))).toEqual([0.0624, 0.1605]);
    expect(round(wilsonInterval(0, 20))).toEqual([0, 0.1611]);
    expect(round(wilsonInterval(1 / 29, 29))).toEqual([0.0061, 0.1718]);
  });
});

describe.each(Object.values(learners))('crossValidate with $name', (learner) => {
  const validated = crossValidate(matrix, data.labels, learner, options);

  it('gives the same result for the same seed, and other folds for another', () => {
    expect(crossValidate(matrix, data.labels, learner, options)).toEqual(validated);
    if (learner.name === 'majority') return;
    const other = crossValidate(matrix, data.labels, learner, { ...options, seed: 8 });
    expect(other.predictions).not.toEqual(validated.predictions);
  });

  it('answers each machine once a repeat, and counts every answer', () => {
    for (const { label, predicted } of validated.predictions) {
      expect(predicted).toHaveLength(2);
      expect(validated.confusion.labels).toContain(label);
    }
    const counts = validated.confusion.counts;
    expect(counts.flat().reduce((sum, count) => sum + count, 0)).toBe(160);
    const right = counts.reduce((sum, row, code) => sum + row[code]!, 0);
    expect(validated.accuracy).toBeCloseTo(right / 160, 12);
    expect(validated.ci95).toEqual(wilsonInterval(validated.accuracy, 80));
  });

  it('does not see the labels of the machines it answers', () => {
    // Labels shuffled over machines: whatever beats chance by far has looked at the answer.
    const order = randomStream(5, 'shuffle').shuffle([...data.labels.keys()]);
    const even = order.map((place) => `class-${place % 4}`);
    const chance = crossValidate(matrix, even, learner, { folds: 10, repeats: 3, seed: 1 });
    expect(chance.accuracy).toBeLessThan(0.25 + 0.15);
  });

  it('does well, or at least as the majority, where fields tell', () => {
    if (learner.name === 'majority') expect(validated.accuracy).toBe(validated.majority);
    else expect(validated.accuracy).toBeGreaterThan(validated.majority + 0.2);
  });

  it('copes with one class, a class of one machine, and more folds than machines', () => {
    const { fields, summaries } = columnsOf([
      [1, 1, 2, 2],
      [1, 2, 3, 4],
    ]);
    const few = buildMatrix(summaries, fields);
    const one = crossValidate(few, ['a', 'a', 'a', 'a'], learner, options);
    expect(one).toMatchObject({ accuracy: 1, majority: 1, classes: 1, folds: 4, balancedAccuracy: 1 });
    const lonely = crossValidate(few, ['a', 'a', 'a', 'b'], learner, options);
    expect(lonely.predictions[3]!.predicted).toEqual(['a', 'a']);
    expect(lonely.balancedAccuracy).toBeLessThanOrEqual(0.5);
    const never = crossValidate(few, ['a', 'b', 'c', 'd'], learner, options);
    expect(never).toMatchObject({ accuracy: 0, confidence: null });
  });

  it('copes with machines that nothing tells apart', () => {
    const { fields, summaries } = columnsOf([[1, 1, 1, 1, 1, 1]]);
    const same = crossValidate(buildMatrix(summaries, fields), [...'aaaabb'], learner, options);
    expect(same.accuracy).toBeCloseTo(same.majority, 12);
  });
});

describe('crossValidate', () => {
  it.each([
    ['fewer than 2 folds', { ...options, folds: 1 }],
    ['half a fold', { ...options, folds: 2.5 }],
    ['no repeats', { ...options, repeats: 0 }],
  ])('refuses %s', (_, wrong) => {
    expect(() => crossValidate(matrix, data.labels, learners.majority, wrong)).toThrow(InputError);
  });

  it('refuses too few labels and too few machines', () => {
    expect(() => crossValidate(matrix, ['a'], learners.majority, options)).toThrow(
      /1 labels for 80 machines/,
    );
    const single = matrix.select({ rows: [0] });
    expect(() => crossValidate(single, ['a'], learners.majority, options)).toThrow(/at least 2 machines/);
    expect(() => crossValidate(matrix.select({ rows: [] }), [], learners.c45, options)).toThrow(
      /there is none/,
    );
  });
});

describe('runAccuracy', () => {
  const request = { hierarchy: 'kernel', level: 2, fields: 'all', folds: 5, repeats: 1, seed: 3 } as const;

  it('reports in the shape of the result contract', () => {
    const figures = runAccuracy(matrix, data.labels, { ...request, learner: learners.c45 });
    expect(experimentResult.strict().parse(figures)).toEqual(figures);
    expect(figures).toMatchObject({ learner: 'c45', machines: 80, classes: 4, partitions: matrix.columns });
  });

  it('compares learners on the same folds', () => {
    const [one, other] = [learners.knn, learners['random-forest']].map((learner) =>
      runAccuracy(matrix, data.labels, { ...request, learner }),
    );
    expect(one!.majority).toBe(other!.majority);
  });
});

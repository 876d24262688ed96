import { describe, expect, it } from 'vitest';
import { buildMatrix } from '../../src/dataset/matrix.js';
import { InputError } from '../../src/errors.js';
import { groupedFolds, splitFold, stratifiedFolds } from '../../src/learn/folds.js';
import { crossValidate, learners, runAccuracy } from '../../src/learn/index.js';
import { labelsOf } from '../../src/learn/learner.js';
import { wilsonInterval } from '../../src/learn/metrics.js';
import { randomStream } from '../../src/random.js';
import { experimentResult } from '../../src/report/result.js';
import { columnsOf } from '../dataset/matrix-table.js';
import { synthesize } from './parity/synthetic.js';
import { quickLearners } from './quick-learners.js';

const data = synthesize(21, { machines: 60, probes: 14, classes: 4, noise: 0.3 });
const matrix = buildMatrix(data.summaries, data.fields);
const options = { folds: 5, repeats: 2, seed: 7 };

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

describe('groupedFolds', () => {
  it('never parts a group, fills every fold, and spreads classes', () => {
    const random = randomStream(2, 'groups');
    const groups = Int32Array.from({ length: 120 }, () => random.below(30));
    const used = labelsOf([...groups].map(String)).codes;
    const labels = labelsOf(Array.from(used, (group) => 'abc'[group % 3]!));
    const folds = groupedFolds(labels, used, 5, randomStream(1, 'folds'));
    for (const group of new Set(used))
      expect(new Set(folds.filter((_, row) => used[row] === group)).size).toBe(1);
    for (let fold = 0; fold < 5; fold++) {
      const { test } = splitFold(folds, fold);
      expect(test.length).toBeGreaterThan(12);
      expect(test.length).toBeLessThan(36);
      expect(new Set(test.map((row) => labels.codes[row]!)).size).toBe(3);
    }
  });
});

describe('wilsonInterval', () => {
  it('agrees with published figures', () => {
    // R. G. Newcombe, Statistics in Medicine 17 (1998), table I, method 3.
    const round = (interval: [number, number]) => interval.map((share) => Number(share.toFixed(4)));
    expect(round(wilsonInterval(81 / 263, 263))).toEqual([0.2553, 0.3662]);
    expect(round(wilsonInterval(15 / 148, 148))).toEqual([0.0624, 0.1605]);
    expect(round(wilsonInterval(0, 20))).toEqual([0, 0.1611]);
    expect([wilsonInterval(0, 3)[0], wilsonInterval(1, 3)[1]]).toEqual([0, 1]);
    expect(round(wilsonInterval(1 / 29, 29))).toEqual([0.0061, 0.1718]);
  });
});

describe.each(Object.values(quickLearners))('crossValidate with $name', (learner) => {
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
    expect(counts.flat().reduce((sum, count) => sum + count, 0)).toBe(120);
    const right = counts.reduce((sum, row, code) => sum + row[code]!, 0);
    expect(validated.accuracy).toBeCloseTo(right / 120, 12);
    expect(validated.ci95).toEqual(wilsonInterval(validated.accuracy, 60));
  });

  it('cannot name a class that only the held-out group has', () => {
    const groups = data.labels.map((label) => label);
    const split = { kind: 'leave-out', groups } as const;
    const blind = crossValidate(matrix, data.labels, learner, { folds: 2, repeats: 1, seed: 1, split });
    expect(blind).toMatchObject({ accuracy: 0, unseen: 1, folds: 4, confidence: null });
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

  it('refuses to keep one group apart', () => {
    const split = { kind: 'grouped', groups: data.labels.map(() => 'same') } as const;
    expect(() => crossValidate(matrix, data.labels, learners.majority, { ...options, split })).toThrow(
      /at least 2 of them/,
    );
  });

  it('refuses too few labels and too few machines', () => {
    expect(() => crossValidate(matrix, ['a'], learners.majority, options)).toThrow(/1 labels for 60 rows/);
    const single = matrix.select({ rows: [0] });
    expect(() => crossValidate(single, ['a'], learners.majority, options)).toThrow(
      /at least 2 labelled rows/,
    );
    expect(() => crossValidate(matrix.select({ rows: [] }), [], learners.c45, options)).toThrow(
      /there is none/,
    );
  });
});

describe('runAccuracy', () => {
  const request = { hierarchy: 'kernel', level: 2, fields: 'all', folds: 5, repeats: 1, seed: 3 } as const;

  it('reports in the shape of the result contract', () => {
    const { figures } = runAccuracy(matrix, data.labels, { ...request, learner: learners.c45 });
    expect(experimentResult.strict().parse(figures)).toEqual(figures);
    expect(figures).toMatchObject({ learner: 'c45', machines: 60, classes: 4, partitions: matrix.columns });
  });

  it('says what is right at a coarser level', () => {
    const of = new Map(data.labels.map((label) => [label, label < 'class-02' ? 'low' : 'high']));
    const coarser = [{ level: 0, of }];
    const { figures, right } = runAccuracy(matrix, data.labels, {
      ...request,
      learner: learners.knn,
      coarser,
    });
    const { counts, labels } = figures.confusion;
    const same = counts.flatMap((row, code) =>
      row.filter((_, answer) => of.get(labels[code]!) === of.get(labels[answer]!)),
    );
    expect(figures.coarser).toEqual([{ level: 0, accuracy: same.reduce((sum, one) => sum + one, 0) / 60 }]);
    expect(figures.coarser[0]!.accuracy).toBeGreaterThan(figures.accuracy);
    expect(right.reduce((sum, share) => sum + share, 0) / 60).toBeCloseTo(figures.accuracy, 12);
  });

  it('compares learners on the same folds', () => {
    const [one, other] = [learners.knn, learners['random-forest']].map(
      (learner) => runAccuracy(matrix, data.labels, { ...request, learner }).figures,
    );
    expect(one!.majority).toBe(other!.majority);
  });
});

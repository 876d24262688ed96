import { describe, expect, it } from 'vitest';
import { buildMatrix, type Matrix } from '../../src/dataset/matrix.js';
import { crossValidate, type Learner, learners, type Split } from '../../src/learn/index.js';
import { compareTrainings, type NoisyRow } from '../../src/learn/noise.js';
import { randomStream } from '../../src/random.js';
import { columnsOf } from '../dataset/matrix-table.js';
import { quickLearners } from './quick-learners.js';

// A leak detector. Kinds of machines have nothing to do with their labels, which are dealt anew in each round; so a
// learner that has not seen the answers is right about one kind in four, whatever it does.
const [kinds, classes, rounds] = [32, 4, 5];
const trials = kinds * rounds;
/** How often one check would fail by chance alone, were its seed drawn at random. */
const falseAlarms = 1e-6;
const random = randomStream(4, 'kinds');
const columns = Array.from({ length: 24 }, () => Array.from({ length: kinds }, () => random.below(3)));

/** Chance of `right` or more right answers among `n` with one chance in `classes` each. */
function tail(right: number, n: number): number {
  let term = (1 - 1 / classes) ** n;
  let sum = 0;
  for (let k = 0; k <= n; k++) {
    if (k >= right) sum += term;
    term *= (n - k) / (k + 1) / (classes - 1);
  }
  return sum;
}

const limit = Array.from({ length: trials }, (_, right) => right).find(
  (right) => tail(right, trials) < falseAlarms,
)!;

/** Labels of kinds: as many of each class, dealt anew. */
function dealt(round: number): string[] {
  const deck = Int32Array.from({ length: kinds }, (_, kind) => kind % classes);
  return Array.from(randomStream(round, 'deal').shuffle(deck), (code) => 'abcd'[code]!);
}

/** The matrix of each kind's machines, side by side. */
function matrixOf(machinesOfKind: number): Matrix {
  const { fields, summaries } = columnsOf(
    columns.map((own) => own.flatMap((value) => new Array<number>(machinesOfKind).fill(value))),
  );
  return buildMatrix(summaries, fields);
}

const [single, twins] = [matrixOf(1), matrixOf(2)];

/** Kinds about whose first machine the learner was right, over all rounds. */
function rightKinds(learner: Learner, mode: 'stratified' | 'grouped' | 'leave-out' | 'twins apart'): number {
  const copies = mode === 'stratified' ? 1 : 2;
  const kindOf = Array.from({ length: kinds * copies }, (_, row) => Math.floor(row / copies));
  const groups = kindOf.map((kind) => (mode === 'leave-out' ? `place ${kind % 4}` : `kind ${kind}`));
  const split: Split =
    mode === 'grouped' || mode === 'leave-out' ? { kind: mode, groups } : { kind: 'stratified' };
  let right = 0;
  for (let round = 0; round < rounds; round++) {
    const names = dealt(round);
    const labels = kindOf.map((kind) => names[kind]!);
    const options = { folds: 4, repeats: 1, seed: round, split };
    const { predictions } = crossValidate(copies === 1 ? single : twins, labels, learner, options);
    for (let row = 0; row < predictions.length; row += copies)
      if (predictions[row]!.predicted[0] === labels[row]) right++;
  }
  return right;
}

/** The same under two network conditions, trained on one of them and on both. */
function rightUnderNoise(learner: Learner): number[] {
  const rights = new Map<string, number>();
  for (let round = 0; round < rounds; round++) {
    const names = dealt(round);
    const rows = Array.from({ length: 2 * kinds }, (_, row): NoisyRow => {
      const kind = Math.floor(row / 2);
      return { machine: `m${kind}`, condition: row % 2 === 0 ? 'clean' : 'lossy', label: names[kind]! };
    });
    const request = { learner, clean: 'clean', folds: 4, repeats: 1, seed: round };
    for (const { conditions, trained } of compareTrainings(twins, rows, request))
      for (const { accuracy, condition } of conditions) {
        const key = `${trained}, ${condition}`;
        rights.set(key, (rights.get(key) ?? 0) + Math.round(accuracy * kinds));
      }
  }
  return [...rights.values()];
}

describe('with labels that mean nothing', () => {
  it('the limit is what the binomial distribution says', () => {
    // 40 are right on average, with a deviation of 5.5.
    expect(limit).toBeGreaterThan(60);
    expect(limit).toBeLessThan(70);
    expect(tail(0, trials)).toBeCloseTo(1, 12);
    expect(tail(41, trials)).toBeCloseTo(0.456, 2);
  });

  describe.each(Object.values(quickLearners))('$name is right by chance alone', (learner) => {
    it.each(['stratified', 'grouped', 'leave-out'] as const)('%s', (mode) => {
      expect(rightKinds(learner, mode)).toBeLessThan(limit);
    });

    it('under network conditions', () => {
      for (const right of rightUnderNoise(learner)) expect(right).toBeLessThan(limit);
    });
  });

  it.each(['c45', 'random-forest'] as const)('twins on both sides of a fold give %s away', (name) => {
    expect(rightKinds(learners[name], 'twins apart')).toBeGreaterThan(limit);
  });

  it('a learner that peeps at one answer in three is caught', () => {
    const peeping: Learner = {
      ...learners.c45,
      fit(matrix, rows, labels, stream) {
        const model = learners.c45.fit(matrix, rows, labels, stream);
        return {
          ...model,
          classify(given, row) {
            const answer = model.classify(given, row);
            return row % 3 === 0 ? { ...answer, label: labels.classes[labels.codes[row]!]! } : answer;
          },
        };
      },
    };
    expect(rightKinds(peeping, 'stratified')).toBeGreaterThan(limit);
  });
});

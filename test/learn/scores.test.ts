import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compareLearners } from '../../src/learn/compare.js';
import { wilsonInterval } from '../../src/learn/metrics.js';
import { holm, pairedTest } from '../../src/learn/paired-test.js';
import { abstention, brier, classScores, reliability } from '../../src/learn/scores.js';
import { randomStream } from '../../src/random.js';

const random = () => randomStream(1, 'scores');

describe('classScores', () => {
  it('is precision and recall as the paper defines them', () => {
    // 8 of class a, of which 6 are called a; 2 of class b, of which 1 is; none is called c, and none is of d.
    const counts = [
      [6, 2, 0, 0],
      [1, 1, 0, 0],
      [0, 1, 0, 0],
      [0, 0, 0, 0],
    ];
    expect(classScores(['a', 'b', 'c', 'd'], counts)).toEqual([
      {
        ...{ label: 'a', answers: 8, precision: 6 / 7, recall: 6 / 8 },
        ...{ precision_ci95: wilsonInterval(6 / 7, 7), recall_ci95: wilsonInterval(6 / 8, 8) },
      },
      {
        ...{ label: 'b', answers: 2, precision: 1 / 4, recall: 1 / 2 },
        ...{ precision_ci95: wilsonInterval(1 / 4, 4), recall_ci95: wilsonInterval(1 / 2, 2) },
      },
      {
        ...{ label: 'c', answers: 1, precision: null, recall: 0 },
        ...{ precision_ci95: null, recall_ci95: wilsonInterval(0, 1) },
      },
      {
        ...{ label: 'd', answers: 0, precision: null, recall: null },
        ...{ precision_ci95: null, recall_ci95: null },
      },
    ]);
  });

  it('are not more certain for being repeated', () => {
    const counts = [
      [6, 2],
      [3, 5],
    ];
    const often = counts.map((row) => row.map((count) => 10 * count));
    expect(classScores(['a', 'b'], often, 10).map(({ recall_ci95 }) => recall_ci95)).toEqual(
      classScores(['a', 'b'], counts).map(({ recall_ci95 }) => recall_ci95),
    );
  });
});

describe('brier', () => {
  it('is 0 for certainty that is right, 2 for certainty that is wrong', () => {
    expect(brier(Float64Array.of(0, 1, 0), 1)).toBe(0);
    expect(brier(Float64Array.of(0, 1, 0), 2)).toBe(2);
    expect(brier(Float64Array.of(0.5, 0.5), 0)).toBe(0.5);
  });
});

const answers = [
  { right: true, confidence: 1 },
  { right: true, confidence: 0.95 },
  { right: false, confidence: 0.9 },
  { right: true, confidence: 0.55 },
  { right: false, confidence: 0.55 },
];

describe('reliability', () => {
  it('sets confidence against accuracy, by tenths', () => {
    const bins = reliability(answers);
    expect(bins.map(({ from, answers: n, accuracy }) => [from, n, accuracy])).toEqual([
      [0.5, 2, 0.5],
      [0.9, 3, 2 / 3],
    ]);
    expect(bins[1]!.confidence).toBeCloseTo(0.95, 12);
    expect(bins[1]!.ci95).toEqual(wilsonInterval(2 / 3, 3));
  });
});

describe('abstention', () => {
  it('withholds the least confident, equals together', () => {
    const points = abstention(answers);
    expect(points.map(({ ci95 }) => ci95)).toEqual(
      points.map(({ accuracy, answered }) => wilsonInterval(accuracy, 5 * answered)),
    );
    expect(points.map(({ ci95: _, ...point }) => point)).toEqual([
      { threshold: 0.55, answered: 1, accuracy: 3 / 5 },
      { threshold: 0.9, answered: 3 / 5, accuracy: 2 / 3 },
      { threshold: 0.95, answered: 2 / 5, accuracy: 1 },
      { threshold: 1, answered: 1 / 5, accuracy: 1 },
    ]);
  });
});

describe('pairedTest', () => {
  it('is McNemar’s exact test for right and wrong', () => {
    // 8 against 2: twice the chance of at most 2 heads in 10 tosses, 2 x 56 / 1024.
    const differences = [...Array(8).fill(1), -1, -1, 0, 0, 0];
    expect(pairedTest(differences, random())).toBeCloseTo(112 / 1024, 12);
    expect(pairedTest([0, 0], random())).toBe(1);
    expect(pairedTest([1, -1], random())).toBe(1);
  });

  it('counts every way to flip shares', () => {
    // Sums of ±1 ±0.5 ±0.5: only 2 of 8 are as far from 0 as 2.
    expect(pairedTest([1, 0.5, 0.5], random())).toBeCloseTo(2 / 8, 12);
  });

  it('draws where there are too many ways, and comes near the exact value', () => {
    const many = Array.from({ length: 40 }, (_, place) => (place % 4 === 0 ? -1 : 0.5));
    const halves = Array.from({ length: 40 }, (_, place) => (place < 25 ? 1 : -1));
    const nearly = halves.map((difference, place) => difference * (place === 0 ? 0.999 : 1));
    // The sum is 5, and the standard deviation under the hypothesis is the root of 10 + 30/4: z is 1.2.
    expect(pairedTest(many, random())).toBeGreaterThan(0.2);
    expect(pairedTest(many, random())).toBeLessThan(0.33);
    expect(Math.abs(pairedTest(nearly, random()) - pairedTest(halves, random()))).toBeLessThan(0.03);
  });

  it('finds nothing where there is nothing, as often as it says', () => {
    const source = randomStream(2, 'null');
    const found = Array.from({ length: 400 }, () => {
      const differences = Array.from({ length: 30 }, () => source.below(3) - 1);
      return pairedTest(differences, source) < 0.05 ? 1 : 0;
    }).reduce((sum: number, one) => sum + one, 0);
    expect(found).toBeLessThan(400 * 0.05 + 3 * Math.sqrt(400 * 0.05 * 0.95));
  });
});

describe('holm', () => {
  it('corrects as published examples do', () => {
    expect(holm([0.01, 0.04, 0.03, 0.005]).map((p) => Number(p.toFixed(9)))).toEqual([
      0.03, 0.06, 0.06, 0.02,
    ]);
    expect(holm([])).toEqual([]);
  });

  it('never lowers a p-value or reverses an order', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 12 }), (p) => {
        const corrected = holm(p);
        for (const [place, one] of p.entries()) {
          expect(corrected[place]!).toBeGreaterThanOrEqual(one);
          for (const [other, another] of p.entries())
            if (one < another) expect(corrected[place]!).toBeLessThanOrEqual(corrected[other]!);
        }
      }),
    );
  });
});

describe('compareLearners', () => {
  it('compares all pairs by machine', () => {
    const good = { learner: 'good', right: Array(12).fill(1) };
    const half = { learner: 'half', right: [...Array(6).fill(1), ...Array(6).fill(0)] };
    const bad = { learner: 'bad', right: Array(12).fill(0) };
    const pairs = compareLearners([good, half, bad], 1);
    expect(pairs.map(({ learners, difference, machines }) => [...learners, difference, machines])).toEqual([
      ['good', 'half', 0.5, 6],
      ['good', 'bad', 1, 12],
      ['half', 'bad', 0.5, 6],
    ]);
    expect(pairs[1]!.p).toBeCloseTo(2 / 4096, 12);
    expect(pairs[1]!.p_holm).toBeCloseTo(6 / 4096, 12);
  });
});

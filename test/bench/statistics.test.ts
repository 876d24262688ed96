import { describe, expect, it } from 'vitest';
import { chiSquareBeyond, kolmogorovBeyond, normalBeyond } from '../../bench/statistics/distributions.js';
import {
  brownForsythe,
  chiSquare,
  holm,
  kolmogorovSmirnov,
  mannWhitney,
  welch,
} from '../../bench/statistics/tests.js';
import { normalQuantile } from '../../src/netem/normal.js';
import { randomStream } from '../../src/random.js';

// Expected values are those of SciPy 1.17.
describe('chances', () => {
  it.each([
    [0.5, 1, 0.47950012218695337],
    [3.84, 1, 0.05004352124870519],
    [12.3, 4, 0.015254394655769615],
    [40, 7, 1.258790387371308e-6],
    [2.2, 10, 0.9945647065387607],
    [25, 9, 0.002971180485917624],
  ])('of a chi-square number above %d, %d degrees of freedom', (x, freedom, above) => {
    expect(chiSquareBeyond(x, freedom)).toBeCloseTo(above, 6);
  });

  it.each([
    [0.1, 1],
    [0.3, 0.9999906941986655],
    [0.8, 0.5441424115741981],
    [1.36, 0.049485876755377876],
    [1.63, 0.009846364888486529],
    [2, 0.0006709252557796953],
  ])("of Kolmogorov's statistic above %d", (x, above) => {
    expect(kolmogorovBeyond(x)).toBeCloseTo(above, 9);
  });

  it('of a normal number on either side', () => {
    expect(normalBeyond(-1.959964)).toBeCloseTo(0.05, 6);
    expect(normalBeyond(0)).toBeCloseTo(1, 6);
  });
});

const a = [20.1, 22.3, 19.8, 25, 21.7, 23.3, 18.9, 20, 24.4, 22.2, 21.1, 26.5];
const b = [19, 28.1, 15.2, 22, 30.3, 17.7, 24.9, 20, 12.5, 27.3];

describe('statistics of two samples', () => {
  it('are those that SciPy computes', () => {
    expect(welch(a, b).statistic).toBeCloseTo(0.2069593721599176, 9);
    expect(brownForsythe(a, b).statistic).toBeCloseTo(9.533382462543706, 9);
    expect(kolmogorovSmirnov(a, b).statistic).toBeCloseTo(0.3166666666666667, 9);
    const [t, u] = [
      [1, 2, 2, 3, 3, 3, 4, 5, 5, 7],
      [2, 3, 4, 4, 5, 6, 6, 7, 8, 8, 9],
    ];
    expect(mannWhitney(t!, u!).p).toBeCloseTo(0.03318026492553816, 6);
    expect(chiSquare([40, 60, 30], [55, 45, 20])).toMatchObject({ test: 'chi-square, 2 df' });
    expect(chiSquare([40, 60, 30], [55, 45, 20]).statistic).toBeCloseTo(6.121071910545593, 9);
    expect(chiSquare([40, 60, 30], [55, 45, 20]).p).toBeCloseTo(0.04686257224550276, 6);
  });

  it('join classes of too few, and refuse where nothing is left to compare', () => {
    expect(chiSquare([50, 3, 40, 1, 0, 1], [60, 2, 30, 0, 2, 0]).test).toBe('chi-square, 1 df');
    expect(() => chiSquare([100], [90])).toThrow(RangeError);
    expect(() => chiSquare([100, 1], [90, 0])).toThrow(RangeError);
  });

  it('are held against one level for the family', () => {
    const corrected = holm([0.01, 0.04, 0.03, 0.005]);
    expect(corrected.map((p) => Number(p.toFixed(12)))).toEqual([0.03, 0.06, 0.06, 0.02]);
    expect(holm([0.6, 0.7])).toEqual([1, 1]);
  });
});

describe('tests of two samples', () => {
  const normal = (stream: ReturnType<typeof randomStream>, mean = 0, sd = 1) =>
    Array.from({ length: 300 }, () => mean + sd * normalQuantile(Math.max(1e-9, stream.float())));

  it('reject samples of one law as rarely as they say', () => {
    const stream = randomStream(5, 'alike');
    const tests = [welch, brownForsythe, kolmogorovSmirnov, mannWhitney];
    const rounds = 1000;
    const rejected = tests.map(() => 0);
    for (let round = 0; round < rounds; round++) {
      const [x, y] = [normal(stream), normal(stream)];
      for (const [at, test] of tests.entries()) if (test(x, y).p < 0.05) rejected[at]!++;
    }
    for (const count of rejected) {
      expect(count / rounds).toBeGreaterThan(0.025);
      expect(count / rounds).toBeLessThan(0.075);
    }
  });

  it('find what is different, each what it is for', () => {
    const stream = randomStream(6, 'different');
    const base = normal(stream);
    expect(welch(base, normal(stream, 0.5)).p).toBeLessThan(1e-4);
    expect(mannWhitney(base, normal(stream, 0.5)).p).toBeLessThan(1e-4);
    const wide = normal(stream, 0, 2);
    expect(brownForsythe(base, wide).p).toBeLessThan(1e-4);
    expect(kolmogorovSmirnov(base, wide).p).toBeLessThan(1e-2);
    expect(welch(base, wide).p).toBeGreaterThan(1e-3);
  });
});

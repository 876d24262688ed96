import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Distribution } from '../../src/netem/impairment/distribution.js';
import { Path } from '../../src/netem/path.js';
import type { StageSpec } from '../../src/netem/stages.js';
import { randomStream } from '../../src/random.js';
import { manyFlows } from './packets.js';

const count = 30_000;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
});
afterEach(() => {
  vi.useRealTimers();
});

/** What a stage decided about each packet of many flows, in the order of the probes. */
function decide(spec: StageSpec, packets = count): Map<number, { action: string; value: number }> {
  const path = new Path({
    ...{ spec: { forward: [spec], reverse: [] }, seed: 7, link: 'm1', origin: 0x0a000001 },
    deliver: () => {},
  });
  for (const frame of manyFlows(packets)) path.send('forward', frame);
  path.clear();
  return new Map(path.log.sorted().map((one) => [one.proberAddress - 0x0a000001, one]));
}

/** 1 for each packet of which the stage decided this, else 0. */
function hits(spec: StageSpec, action: string): number[] {
  const found = decide(spec);
  return Array.from({ length: count }, (_, at) => (found.get(at)?.action === action ? 1 : 0));
}

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
const deviation = (values: readonly number[]) => {
  const middle = mean(values);
  return Math.sqrt(mean(values.map((value) => (value - middle) ** 2)));
};

/** Correlation of values with those `lag` later. */
function autocorrelation(values: readonly number[], lag = 1): number {
  const [middle, spread] = [mean(values), deviation(values)];
  const products = values.slice(lag).map((value, at) => (value - middle) * (values[at]! - middle));
  return mean(products) / spread ** 2;
}

/** Lengths of the runs of equal values, those of `value`. */
function runs(values: readonly number[], value: number): number[] {
  const lengths: number[] = [];
  let length = 0;
  for (const one of values) {
    if (one === value) length++;
    else if (length > 0) {
      lengths.push(length);
      length = 0;
    }
  }
  return lengths;
}

/** Within a share of what was expected. */
function expectAbout(found: number, expected: number, tolerance: number) {
  expect(found).toBeGreaterThan(expected * (1 - tolerance));
  expect(found).toBeLessThan(expected * (1 + tolerance));
}

/** The kernel's own arithmetic, get_crandom of sch_netem.c, against a threshold: 1 where it hits. */
function kernelHits(probability: number, correlation: number, length: number): number[] {
  const stream = randomStream(1, 'kernel');
  const rho = BigInt(Math.round(correlation * 0xffff_ffff)) + 1n;
  const threshold = BigInt(Math.round(probability * 0xffff_ffff));
  let last = BigInt(stream.uint32());
  return Array.from({ length }, () => {
    last = (BigInt(stream.uint32()) * ((1n << 32n) - rho) + last * rho) >> 32n;
    return threshold >= last ? 1 : 0;
  });
}

describe('correlated loss', () => {
  it.each([
    [0.4, 0.25],
    [0.4, 0.6],
    [0.2, 0.3],
  ])(
    'of %d with a correlation of %d is as frequent and as bunched as the kernel makes it',
    (probability, correlation) => {
      const found = hits({ kind: 'loss', probability, correlation }, 'drop');
      const kernel = kernelHits(probability, correlation, 200_000);
      expectAbout(mean(found), mean(kernel), 0.1);
      expect(autocorrelation(found) - autocorrelation(kernel)).toBeCloseTo(0, 1);
      expect(autocorrelation(found, 2) - autocorrelation(kernel, 2)).toBeCloseTo(0, 1);
      expect(mean(found)).toBeLessThan(probability);
    },
  );

  it('is that of the other stages with netem correlation too', () => {
    const share = mean(kernelHits(0.4, 0.6, 200_000));
    const chance = { probability: 0.4, correlation: 0.6 };
    expectAbout(mean(hits({ kind: 'duplicate', ...chance }, 'duplicate')), share, 0.06);
    expectAbout(mean(hits({ kind: 'corrupt', ...chance }, 'corrupt')), share, 0.06);
    expectAbout(mean(hits({ kind: 'reorder', ...chance, delay: 1 }, 'overtake')), share, 0.06);
  });
});

describe('loss by the Gilbert-Elliott model', () => {
  it('has the share, the bursts and the gaps that its probabilities say', () => {
    const lost = hits({ kind: 'loss-gemodel', p: 0.02, r: 0.2, lossInBad: 1, lossInGood: 0 }, 'drop');
    expectAbout(mean(lost), 0.02 / 0.22, 0.08);
    expectAbout(mean(runs(lost, 1)), 1 / 0.2, 0.06);
    expectAbout(mean(runs(lost, 0)), 1 / 0.02, 0.12);
    // Geometric: the deviation of a burst's length is sqrt(1 - r) / r.
    expectAbout(deviation(runs(lost, 1)), Math.sqrt(0.8) / 0.2, 0.1);
    expect(autocorrelation(lost)).toBeCloseTo(1 - 0.02 - 0.2, 1);
  });

  it('loses within states as often as it is told', () => {
    const lost = hits({ kind: 'loss-gemodel', p: 0.1, r: 0.3, lossInBad: 0.5, lossInGood: 0.04 }, 'drop');
    expectAbout(mean(lost), 0.25 * 0.5 + 0.75 * 0.04, 0.05);
  });

  it('stays in the good state when there is no way out of either', () => {
    expect(mean(hits({ kind: 'loss-gemodel', p: 0, r: 0, lossInBad: 1, lossInGood: 0 }, 'drop'))).toBe(0);
  });
});

describe('loss by four states', () => {
  it('is as frequent as its stationary distribution says', () => {
    const spec = { p13: 0.05, p31: 0.25, p32: 0.3, p23: 0.6, p14: 0.02 };
    const lost = hits({ kind: 'loss-state', ...spec }, 'drop');
    const { p13, p31, p32, p23, p14 } = spec;
    const [one, two, three, four] = [p31 * p23, p13 * p32, p13 * p23, p14 * p31 * p23];
    expectAbout(mean(lost), (three + four) / (one + two + three + four), 0.06);
  });

  it('is a Gilbert model with the defaults', () => {
    const lost = hits({ kind: 'loss-state', p13: 0.02, p31: 0.2, p32: 0, p23: 1, p14: 0 }, 'drop');
    expectAbout(mean(runs(lost, 1)), 1 / 0.2, 0.06);
    expectAbout(mean(runs(lost, 0)), 1 / 0.02, 0.12);
  });

  it('has isolated losses only where p14 alone leads to any', () => {
    const lost = hits({ kind: 'loss-state', p13: 0, p31: 1, p32: 0, p23: 1, p14: 0.1 }, 'drop');
    expectAbout(mean(lost), 0.1 / 1.1, 0.06);
    expect(Math.max(...runs(lost, 1))).toBe(1);
  });
});

const jitters = (distribution: Distribution, correlation?: number) =>
  Array.from({ length: count }, (_, at) => at).map(
    (
      (found) => (at: number) =>
        (found.get(at)!.value / 1000 - 100) / 4
    )(decide({ kind: 'delay', time: 100, jitter: 4, distribution, correlation })),
  );

/** Value below which a share of the sorted values lies. */
const quantile = (sorted: readonly number[], share: number) => sorted[Math.floor(share * sorted.length)]!;

describe('the distribution of delays', () => {
  /** Standard normal quantiles, from tables. */
  const normal: readonly [number, number][] = [
    [0.025, -1.96],
    [0.1, -1.2816],
    [0.5, 0],
    [0.75, 0.6745],
    [0.975, 1.96],
  ];
  const pareto = (share: number) => ((1 - share) ** (-1 / 3) - 1.5) * (4 / 3);

  it('is normal with the mean and the deviation given', () => {
    const found = jitters('normal').sort((a, b) => a - b);
    expect(mean(found)).toBeCloseTo(0, 1);
    expect(deviation(found)).toBeCloseTo(1, 1);
    for (const [share, value] of normal) expect(quantile(found, share)).toBeCloseTo(value, 1);
    // netem's table of 4096 entries ends there.
    expect(Math.max(...found.slice(-1))).toBeLessThan(3.67);
  });

  it("is Pareto's, cut at four jitters", () => {
    const found = jitters('pareto').sort((a, b) => a - b);
    for (const share of [0.01, 0.25, 0.5, 0.9, 0.97])
      expect(quantile(found, share)).toBeCloseTo(pareto(share), 1);
    expect(found[0]).toBeCloseTo(-2 / 3, 3);
    expect(found.at(-1)).toBeCloseTo(4, 2);
  });

  it('is a quarter normal and three quarters Pareto', () => {
    const found = jitters('paretonormal').sort((a, b) => a - b);
    for (const [share, value] of normal)
      expect(quantile(found, share)).toBeCloseTo(value / 4 + (pareto(share) * 3) / 4, 1);
  });

  it.each([0.25, 0.8])(
    'stays what it is with a correlation of %d, which is one of neighbours',
    (correlation) => {
      const found = jitters('normal', correlation);
      expect(autocorrelation(found)).toBeCloseTo(correlation, 1);
      expect(autocorrelation(found, 2)).toBeCloseTo(correlation ** 2, 1);
      expect(mean(found)).toBeCloseTo(0, 1);
      expect(deviation(found)).toBeCloseTo(1, 1);
      const even = jitters('uniform', correlation).sort((a, b) => a - b);
      for (const share of [0.05, 0.5, 0.95]) expect(quantile(even, share)).toBeCloseTo(2 * share - 1, 1);
    },
  );
});

describe('reordering with a gap', () => {
  it('lets every so-many-th packet overtake', () => {
    const found = hits({ kind: 'reorder', probability: 1, gap: 5, delay: 1 }, 'overtake');
    const places = found.flatMap((hit, at) => (hit ? [at] : []));
    const first = places[0]!;
    expect(first).toBeLessThan(5);
    const away = places.filter((at, index) => at !== first + 5 * index).length;
    expect(away).toBe(0);
  });

  it('waits for the next that is chosen where that one is not', () => {
    const found = hits({ kind: 'reorder', probability: 0.5, gap: 5, delay: 1 }, 'overtake');
    expectAbout(1 / mean(found), 4 + 1 / 0.5, 0.03);
    expect(Math.min(...runs(found, 0))).toBeGreaterThanOrEqual(4);
  });
});

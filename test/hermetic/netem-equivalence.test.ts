import { expect, test } from 'vitest';
import { compare, type Pair } from '../../bench/equivalence/compare.js';
import type { Condition } from '../../bench/equivalence/conditions.js';
import * as measure from '../../bench/equivalence/measures.js';
import { throughSimulator } from '../../bench/equivalence/simulator.js';
import { pairsOf, withCountedAppliance } from '../../bench/netem-equivalence.js';
import { createImpairment } from '../../src/netem/impairment/index.js';

type Spec = Condition['spec'];

const steady = { count: 1500, perMs: 4, sizes: 'none' } as const;
const slow = { count: 800, perMs: 1, sizes: 'none' } as const;

/** A setting with what is compared of it, and another setting that must be told from it. */
const cases: readonly (Condition & { readonly other: Spec })[] = [
  {
    spec: { kind: 'loss', probability: 0.1 },
    other: { kind: 'loss', probability: 0.16 },
    ...{ traffic: steady, measures: [measure.lossShare] },
  },
  {
    spec: { kind: 'loss-gemodel', p: 0.05, r: 0.3, lossInBad: 1, lossInGood: 0 },
    other: { kind: 'loss', probability: 0.05 / 0.35 },
    ...{ traffic: steady, measures: [measure.burstLengths] },
  },
  {
    spec: { kind: 'delay', time: 30, jitter: 8, distribution: 'normal' },
    other: { kind: 'delay', time: 30, jitter: 8, distribution: 'pareto' },
    ...{ traffic: slow, measures: [measure.delayShape] },
  },
  {
    spec: { kind: 'delay', time: 20, jitter: 5 },
    other: { kind: 'delay', time: 21, jitter: 7 },
    ...{ traffic: slow, measures: [measure.delayMean, measure.delaySpread, measure.delayShape] },
  },
  {
    spec: { kind: 'reorder', probability: 0.5, gap: 5, delay: 10 },
    other: { kind: 'reorder', probability: 1, gap: 6, delay: 10 },
    ...{ traffic: steady, measures: [measure.overtakingGaps] },
  },
  {
    spec: { kind: 'duplicate', probability: 0.1 },
    other: { kind: 'duplicate', probability: 0.16 },
    ...{ traffic: steady, measures: [measure.twiceShare] },
  },
  {
    spec: { kind: 'corrupt', probability: 0.2 },
    other: { kind: 'corrupt', probability: 0.28 },
    ...{ traffic: steady, measures: [measure.damagedShare] },
  },
  {
    spec: { kind: 'rate', rate: 10e6 },
    other: { kind: 'rate', rate: 8e6 },
    ...{ traffic: { count: 800, sizes: 'even' }, measures: [measure.spacingMean, measure.spacingShape] },
  },
];

const seed = 1;

test("the simulated path does to packets what the kernel's netem does", { timeout: 360_000 }, async () => {
  const { pairs } = await withCountedAppliance((box) => pairsOf(box, cases, seed));
  const rejected = compare(pairs).filter((each) => each.rejected);
  expect(rejected).toEqual([]);

  const others = cases.map(({ other, traffic, measures }, at): Pair => {
    const condition = { spec: other, traffic, measures };
    return { condition, kernel: pairs[at]!.kernel, simulator: throughSimulator(condition, seed + at) };
  });
  const told = new Set(
    compare(others)
      .filter((each) => each.rejected)
      .map(({ condition }) => condition),
  );
  const missed = cases.map(({ other }) => createImpairment(other).text).filter((text) => !told.has(text));
  expect(missed).toEqual([]);
});

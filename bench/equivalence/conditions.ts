import type { ImpairmentSpec } from '../../src/netem/impairment/index.js';
import type { Measure } from './measures.js';
import * as measure from './measures.js';
import type { Traffic } from './traffic.js';

/** One setting of an impairment, what goes through it, and what is compared. */
export interface Condition {
  readonly spec: Exclude<ImpairmentSpec, { kind: 'limit' }>;
  readonly traffic: Traffic;
  readonly measures: readonly Measure[];
}

const many: Traffic = { count: 10_000, perMs: 8, sizes: 'none' };
const slow: Traffic = { count: 2000, perMs: 1, sizes: 'none' };
const burst = (count: number): Traffic => ({ count, sizes: 'even' });

const independentLoss = [measure.lossShare];
const correlatedLoss = [measure.lossPerBlock, measure.burstsPerBlock];
const chainLoss = [measure.burstLengths, measure.gapLengths];
const delays = [measure.delayMean, measure.delaySpread, measure.delayShape];
const damage = [measure.damagedShare, measure.damagedPlace, measure.damagedBit];
const link = [measure.spacingMean, measure.spacingShape];

/** Each impairment at three settings or more, over the range that scenarios use. */
export const conditions: readonly Condition[] = [
  { spec: { kind: 'loss', probability: 0.02 }, traffic: many, measures: independentLoss },
  { spec: { kind: 'loss', probability: 0.1 }, traffic: many, measures: independentLoss },
  { spec: { kind: 'loss', probability: 0.4, correlation: 0.3 }, traffic: many, measures: correlatedLoss },
  {
    spec: { kind: 'loss-gemodel', p: 0.01, r: 0.25, lossInBad: 1, lossInGood: 0 },
    ...{ traffic: many, measures: chainLoss },
  },
  {
    spec: { kind: 'loss-gemodel', p: 0.05, r: 0.3, lossInBad: 1, lossInGood: 0 },
    ...{ traffic: many, measures: chainLoss },
  },
  {
    spec: { kind: 'loss-gemodel', p: 0.1, r: 0.4, lossInBad: 0.6, lossInGood: 0.02 },
    ...{ traffic: many, measures: correlatedLoss },
  },
  { spec: { kind: 'delay', time: 20, jitter: 5 }, traffic: slow, measures: delays },
  { spec: { kind: 'delay', time: 30, jitter: 8, distribution: 'normal' }, traffic: slow, measures: delays },
  { spec: { kind: 'delay', time: 40, jitter: 6, distribution: 'pareto' }, traffic: slow, measures: delays },
  {
    spec: { kind: 'delay', time: 40, jitter: 6, distribution: 'paretonormal' },
    ...{ traffic: slow, measures: delays },
  },
  {
    spec: { kind: 'reorder', probability: 0.1, delay: 10 },
    ...{ traffic: many, measures: [measure.overtakingShare] },
  },
  {
    spec: { kind: 'reorder', probability: 0.4, correlation: 0.25, delay: 10 },
    ...{ traffic: many, measures: [measure.overtakingPerBlock] },
  },
  {
    spec: { kind: 'reorder', probability: 0.5, gap: 5, delay: 10 },
    ...{ traffic: many, measures: [measure.overtakingPerBlock, measure.overtakingGaps] },
  },
  { spec: { kind: 'duplicate', probability: 0.02 }, traffic: many, measures: [measure.twiceShare] },
  { spec: { kind: 'duplicate', probability: 0.1 }, traffic: many, measures: [measure.twiceShare] },
  {
    spec: { kind: 'duplicate', probability: 0.4, correlation: 0.25 },
    ...{ traffic: many, measures: [measure.twicePerBlock] },
  },
  { spec: { kind: 'corrupt', probability: 0.02 }, traffic: many, measures: [measure.damagedShare] },
  { spec: { kind: 'corrupt', probability: 0.1 }, traffic: many, measures: damage },
  { spec: { kind: 'corrupt', probability: 0.5 }, traffic: many, measures: damage },
  { spec: { kind: 'rate', rate: 1e6 }, traffic: burst(400), measures: link },
  { spec: { kind: 'rate', rate: 10e6 }, traffic: burst(1500), measures: link },
  {
    spec: { kind: 'rate', rate: 4e6, packetOverhead: 10, cellSize: 48, cellOverhead: 5 },
    ...{ traffic: burst(800), measures: link },
  },
];

import fc from 'fast-check';
import { distributions } from '../../src/netem/impairment/distribution.js';
import type { ImpairmentSpec } from '../../src/netem/impairment/index.js';
import { parsePredicate } from '../../src/netem/predicate/parse.js';

/** Arbitrary impairments, by what a test can expect of them. */

const probability = fc.oneof(fc.constantFrom(0, 1), fc.double({ min: 0, max: 1, noNaN: true }));
const correlation = fc.option(fc.double({ min: 0, max: 0.99, noNaN: true }), { nil: undefined });
const ms = fc.oneof(fc.constant(0), fc.double({ min: 0, max: 50, noNaN: true }));
const delayTimes = fc.record({
  time: ms,
  jitter: ms,
  correlation,
  distribution: fc.option(fc.constantFrom(...distributions), { nil: undefined }),
});
const kind = <const Kind extends string>(name: Kind) => fc.constant(name);
const chance = { probability, correlation };
const match = fc
  .constantFrom(
    'tcp',
    'udp or icmp',
    'tcp.flags has SYN',
    'ip.ttl < 100',
    'probe in {0..9}',
    'not ip.flags.mf == 1',
  )
  .map(parsePredicate);
const perFlow = {
  kind: kind('fault'),
  match,
  nth: fc.option(fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 1, maxLength: 2 }), {
    nil: undefined,
  }),
  per: fc.constant('flow' as const),
};

/** Change no byte of a packet, and decide alike whenever packets come. */
export const harmless: fc.Arbitrary<ImpairmentSpec> = fc.oneof(
  fc.record({ kind: kind('loss'), ...chance }),
  fc.record({
    ...{ kind: kind('loss-gemodel'), p: probability, r: probability },
    ...{ lossInBad: probability, lossInGood: probability },
  }),
  fc
    .tuple(probability, probability, probability, probability, probability)
    .map(([p13, p31, p32, p23, p14]) => ({
      ...{ kind: 'loss-state' as const, p13, p23, p31 },
      ...{ p14: p14 * (1 - p13), p32: p32 * (1 - p31) },
    })),
  fc.record({ kind: kind('duplicate'), ...chance }),
  delayTimes.map((times) => ({ kind: 'delay' as const, ...times })),
  fc.record({
    ...{ kind: kind('reorder'), ...chance, delay: fc.oneof(ms, delayTimes) },
    gap: fc.option(fc.integer({ min: 1, max: 9 }), { nil: undefined }),
  }),
  fc.record({
    ...{ kind: kind('rate'), rate: fc.double({ min: 1e4, max: 1e9, noNaN: true }) },
    ...{
      packetOverhead: fc.integer({ min: -100, max: 100 }),
      cellSize: fc.nat(100),
      cellOverhead: fc.nat(9),
    },
  }),
  fc.record({
    ...{ kind: kind('slot'), delay: fc.oneof(delayTimes, fc.tuple(ms, ms)) },
    ...{ packets: fc.integer({ min: 1, max: 9 }), bytes: fc.integer({ min: 1, max: 3000 }) },
  }),
  fc.record({ ...perFlow, action: fc.constantFrom('drop' as const, 'duplicate' as const) }),
  fc.record({ ...perFlow, action: fc.constant('hold' as const), time: ms }),
);

/** Damage packets, as they are told to. */
export const damaging: fc.Arbitrary<ImpairmentSpec> = fc.oneof(
  fc.record({ kind: kind('corrupt'), ...chance }),
  fc.record({
    ...perFlow,
    action: fc.constant('truncate' as const),
    bytes: fc.integer({ min: 20, max: 100 }),
  }),
);

/** Decide by the time at which packets come. */
export const timely: fc.Arbitrary<ImpairmentSpec> = fc.record({
  kind: kind('limit'),
  packets: fc.integer({ min: 1, max: 20 }),
});

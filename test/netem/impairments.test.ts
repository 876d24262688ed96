import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Path } from '../../src/netem/path.js';
import type { StageSpec } from '../../src/netem/stages.js';
import {
  decodeFrame,
  emitFrame,
  ipProtocol,
  parseMac,
  tcpFrame,
  updateChecksum,
} from '../../src/packet/index.js';
import { flowNumberOf, manyFlows, packetOf, sequenceOf } from './packets.js';

const count = 20_000;

interface Arrival {
  readonly flow: number;
  readonly sequence: number;
  readonly at: number;
  readonly ttl: number;
}

function run(stages: readonly StageSpec[], frames: Iterable<Uint8Array>, seed = 1) {
  const arrivals: Arrival[] = [];
  const path = new Path({
    spec: { forward: stages, reverse: [] },
    seed,
    link: 'm1',
    deliver: (_direction, frame) =>
      arrivals.push({
        flow: flowNumberOf(frame),
        sequence: sequenceOf(frame),
        at: performance.now(),
        ttl: frame[22]!,
      }),
  });
  const startedAt = performance.now();
  for (const frame of frames) path.send('forward', frame);
  vi.runAllTimers();
  return { path, arrivals, startedAt, decisions: path.log.sorted() };
}

/** Five standard deviations of a binomial count on either side of its mean. */
function expectBinomial(found: number, trials: number, probability: number) {
  const deviation = Math.sqrt(trials * probability * (1 - probability));
  expect(Math.abs(found - trials * probability)).toBeLessThan(5 * deviation);
}

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
});

afterEach(() => {
  vi.useRealTimers();
});

describe('loss', () => {
  it.each([0.01, 0.3, 0.95])('drops a share of %d of the packets of many flows', (probability) => {
    const { path, arrivals } = run([{ kind: 'loss', probability }], manyFlows(count));
    expectBinomial(path.dropped, count, probability);
    expect(arrivals).toHaveLength(count - path.dropped);
  });

  it('drops the same share of the packets of one flow', () => {
    const frame = packetOf(0);
    const { path } = run([{ kind: 'loss', probability: 0.2 }], Array(count).fill(frame));
    expectBinomial(path.dropped, count, 0.2);
  });

  it('drops neighbours independently, in one flow and across flows', () => {
    for (const frames of [Array(count).fill(packetOf(0)) as Uint8Array[], manyFlows(count)]) {
      const sent: number[] = [];
      const path = new Path({
        spec: { forward: [{ kind: 'loss', probability: 0.3 }], reverse: [] },
        seed: 3,
        link: 'm1',
        deliver: () => {},
      });
      for (const frame of frames) {
        const before = path.dropped;
        path.send('forward', frame);
        sent.push(path.dropped - before);
      }
      const pairs = sent.filter((lost, index) => lost === 1 && sent[index + 1] === 1).length;
      expectBinomial(pairs, count - 1, 0.09);
    }
  });

  it('drops nothing at 0 and everything at 1', () => {
    expect(run([{ kind: 'loss', probability: 0 }], manyFlows(500)).path.dropped).toBe(0);
    expect(run([{ kind: 'loss', probability: 1 }], manyFlows(500)).path.dropped).toBe(500);
  });
});

describe('duplicate', () => {
  it('sends a share of the packets on twice', () => {
    const { arrivals, decisions } = run([{ kind: 'duplicate', probability: 0.1 }], manyFlows(count));
    expectBinomial(arrivals.length - count, count, 0.1);
    expect(decisions).toHaveLength(arrivals.length - count);
    const twice = new Set(decisions.map(({ proberAddress }) => proberAddress - 0x0a000001));
    const seen = new Map<number, number>();
    for (const { flow } of arrivals) seen.set(flow, (seen.get(flow) ?? 0) + 1);
    for (const [flow, times] of seen) expect(times).toBe(twice.has(flow) ? 2 : 1);
  });

  it('numbers copies by the stages that made them', () => {
    const { arrivals, decisions } = run(
      [
        { kind: 'duplicate', probability: 1 },
        { kind: 'ttl', set: 9 },
        { kind: 'duplicate', probability: 1 },
        { kind: 'ttl', set: 8 },
      ],
      [packetOf(0)],
    );
    expect(arrivals).toHaveLength(4);
    const copiesAt = (stage: number) =>
      decisions.filter((one) => one.stage === stage).map(({ copy }) => copy);
    expect([copiesAt(0), copiesAt(1), copiesAt(2), copiesAt(3)]).toEqual([[0], [0, 1], [0, 1], [0, 1, 2, 3]]);
  });

  it('lets each copy have a fate of its own', () => {
    const { path, arrivals } = run(
      [
        { kind: 'duplicate', probability: 1 },
        { kind: 'loss', probability: 0.5 },
      ],
      manyFlows(count),
    );
    expectBinomial(path.dropped, 2 * count, 0.5);
    const survivors = new Map<number, number>();
    for (const { flow } of arrivals) survivors.set(flow, (survivors.get(flow) ?? 0) + 1);
    expectBinomial([...survivors.values()].filter((copies) => copies === 2).length, count, 0.25);
  });
});

describe('delay', () => {
  it('holds every packet for its time, first in, first out', () => {
    const { arrivals, startedAt } = run([{ kind: 'delay', time: 25, jitter: 0 }], manyFlows(200));
    expect(arrivals.map(({ flow }) => flow)).toEqual([...Array(200).keys()]);
    for (const { at } of arrivals) expect(at - startedAt).toBeGreaterThanOrEqual(25);
  });

  it('draws within the jitter on either side, uniformly, and lets packets out when they are due', () => {
    const { arrivals, decisions, startedAt } = run(
      [{ kind: 'delay', time: 40, jitter: 15 }],
      manyFlows(2000),
    );
    const drawn = decisions.map(({ value }) => value / 1000);
    expect(Math.min(...drawn)).toBeGreaterThanOrEqual(25);
    expect(Math.min(...drawn)).toBeLessThan(25.5);
    expect(Math.max(...drawn)).toBeLessThanOrEqual(55);
    expect(Math.max(...drawn)).toBeGreaterThan(54.5);
    expect(drawn.reduce((sum, value) => sum + value, 0) / drawn.length).toBeCloseTo(40, 0);
    let earlier = 0;
    for (const { flow, at } of arrivals) {
      const held = drawn[flow]!;
      expect(at - startedAt).toBeGreaterThanOrEqual(held - 0.001);
      expect(at - startedAt).toBeLessThanOrEqual(held + 1.001);
      expect(held).toBeGreaterThanOrEqual(earlier);
      earlier = held;
    }
  });

  it('never draws a time below zero', () => {
    const { decisions } = run([{ kind: 'delay', time: 1, jitter: 5 }], manyFlows(1000));
    const none = decisions.filter(({ value }) => value === 0).length;
    expectBinomial(none, 1000, 0.4);
    expect(decisions.every(({ value }) => value >= 0)).toBe(true);
  });

  it('holds in real time', async () => {
    vi.useRealTimers();
    const sentAt: number[] = [];
    const heldFor: number[] = [];
    const path = await new Promise<Path>((resolve) => {
      const path = new Path({
        spec: { forward: [{ kind: 'delay', time: 12, jitter: 8 }], reverse: [] },
        seed: 5,
        link: 'm1',
        deliver: (_direction, frame) => {
          const flow = flowNumberOf(frame);
          heldFor[flow] = performance.now() - sentAt[flow]!;
          if (path.held === 0) resolve(path);
        },
      });
      for (const frame of manyFlows(50)) {
        sentAt.push(performance.now());
        path.send('forward', frame);
      }
    });
    for (const [flow, { value }] of path.log.sorted().entries())
      expect(heldFor[flow]).toBeGreaterThanOrEqual(value / 1000 - 0.001);
  });

  it('waits for a time longer than one timer of Node can be', () => {
    const { arrivals, startedAt } = run([{ kind: 'delay', time: 3_000_000_000, jitter: 0 }], [packetOf(0)]);
    expect(arrivals[0]!.at - startedAt).toBeGreaterThanOrEqual(3_000_000_000);
  });
});

describe('reorder', () => {
  it('lets the chosen packets overtake all others', () => {
    const stages: StageSpec[] = [{ kind: 'reorder', probability: 0.25, delay: 10 }];
    const { arrivals, decisions } = run(stages, manyFlows(count));
    const flows = (action: string) =>
      decisions.filter((one) => one.action === action).map((one) => one.proberAddress - 0x0a000001);
    const chosen = flows('overtake');
    expectBinomial(chosen.length, count, 0.25);
    expect(arrivals.map(({ flow }) => flow)).toEqual([...chosen, ...flows('hold')]);
  });
});

describe('ttl', () => {
  const ttlFrame = (ttl: number) =>
    emitFrame(
      tcpFrame({
        ethernet: { source: parseMac('02:00:00:00:00:01'), destination: parseMac('02:00:00:00:00:02') },
        ipv4: { source: 1, destination: 2, ttl },
        tcp: { sourcePort: 1, destinationPort: 2 },
      }),
    );
  const ttlsAfter = (spec: StageSpec, ttls: readonly number[]) =>
    run([spec], ttls.map(ttlFrame)).arrivals.map(({ ttl }) => ttl);

  it('sets, counts down, and drops what expires', () => {
    expect(ttlsAfter({ kind: 'ttl', set: 64 }, [1, 64, 255])).toEqual([64, 64, 64]);
    expect(ttlsAfter({ kind: 'ttl', decrement: 5 }, [4, 5, 6, 64, 255])).toEqual([1, 59, 250]);
  });

  it('notes the new value, and an expiry as a drop', () => {
    const { decisions } = run([{ kind: 'ttl', decrement: 5 }], [ttlFrame(64), ttlFrame(5)]);
    expect(decisions.map(({ action, value }) => [action, value])).toEqual([
      ['set', 59],
      ['drop', 0],
    ]);
  });

  it('keeps the checksum that a full computation gives', () => {
    for (let ttl = 2; ttl < 256; ttl++) {
      const expected = ttlFrame(ttl - 1);
      const path = new Path({
        spec: { forward: [{ kind: 'ttl', decrement: 1 }], reverse: [] },
        seed: 1,
        link: 'm1',
        deliver: (_direction, frame) => expect(frame).toEqual(expected),
      });
      path.send('forward', ttlFrame(ttl));
    }
    expect.assertions(254);
  });

  it('leaves a wrong checksum as wrong as it was', () => {
    const wrong = ttlFrame(64);
    wrong[24]! ^= 0x5a;
    const path = new Path({
      spec: { forward: [{ kind: 'ttl', set: 63 }], reverse: [] },
      seed: 1,
      link: 'm1',
      deliver: (_direction, frame) => {
        const before = decodeFrame(wrong).ipv4!.checksum!;
        const protocol = ipProtocol.tcp;
        const mended = updateChecksum(before, (64 << 8) | protocol, (63 << 8) | protocol);
        expect(decodeFrame(frame).ipv4!.checksum).toBe(mended);
      },
    });
    path.send('forward', wrong);
    expect.assertions(1);
  });
});

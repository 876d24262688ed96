import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { transmissionMs } from '../../src/netem/impairment/rate.js';
import { Path } from '../../src/netem/path.js';
import type { StageSpec } from '../../src/netem/stages.js';
import { packetOf, sequenceOf } from './packets.js';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
});
afterEach(() => {
  vi.useRealTimers();
});

/** Sends packets of 54 bytes, each `gap` ms after the one before; when each came out, by its number. */
function run(forward: readonly StageSpec[], packets: number, gap = 0) {
  const start = performance.now();
  const out = new Map<number, number>();
  const path = new Path({
    ...{ spec: { forward, reverse: [] }, seed: 1, link: 'm1', origin: 0x0a000001 },
    deliver: (_direction, frame) => out.set(sequenceOf(frame), performance.now() - start),
  });
  for (let index = 0; index < packets; index++) {
    path.send('forward', packetOf(index, index));
    vi.advanceTimersByTime(gap);
  }
  vi.runAllTimers();
  return { path, out, times: [...out.values()] };
}

describe('rate', () => {
  // 54 bytes at 43.2 kbit/s are 10 ms.
  const slow: StageSpec = { kind: 'rate', rate: 43_200 };

  it('sends packets that come together one after another', () => {
    const { times } = run([slow], 5);
    for (const [index, at] of times.entries()) expect(at).toBeCloseTo(10 * (index + 1), 3);
  });

  it('keeps none waiting on a free link but for its own time', () => {
    const { times } = run([slow], 4, 25);
    for (const [index, at] of times.entries()) {
      expect(at).toBeGreaterThanOrEqual(25 * index + 10 - 0.001);
      expect(at).toBeLessThan(25 * index + 12);
    }
  });

  it('notes the time on the link, which is the same whenever packets come', () => {
    const values = [0, 3, 50].map((gap) =>
      run([slow], 5, gap)
        .path.log.sorted()
        .map(({ value }) => value),
    );
    expect(values).toEqual(Array(3).fill(Array(5).fill(10_000)));
  });

  it.each([
    [{ rate: 8000 }, 100, 100],
    [{ rate: 8000, packetOverhead: 20 }, 100, 120],
    [{ rate: 8000, packetOverhead: -100 }, 54, 0],
    // ATM: 48 bytes of load in a cell of 53.
    [{ rate: 8000, cellSize: 48, cellOverhead: 5 }, 96, 2 * 53],
    [{ rate: 8000, cellSize: 48, cellOverhead: 5 }, 97, 3 * 53],
    [{ rate: 8000, packetOverhead: 8, cellSize: 48, cellOverhead: 5 }, 96, 3 * 53],
  ])('%j counts %d bytes as %d', (spec, length, bytes) => {
    expect(transmissionMs(length, { kind: 'rate', ...spec })).toBeCloseTo(bytes, 9);
  });
});

describe('limit', () => {
  it('drops what finds the stages after it full', () => {
    const { path, out } = run(
      [
        { kind: 'limit', packets: 3 },
        { kind: 'rate', rate: 43_200 },
      ],
      5,
    );
    expect([...out.keys()]).toEqual([0, 1, 2]);
    expect(path.dropped).toBe(2);
  });

  it('counts what waits in all of them, and not before it', () => {
    const waits: StageSpec[] = [
      { kind: 'delay', time: 5, jitter: 0 },
      { kind: 'limit', packets: 2 },
      { kind: 'delay', time: 5, jitter: 0 },
      { kind: 'delay', time: 5, jitter: 0 },
    ];
    expect([...run(waits, 4, 4).out.keys()]).toEqual([0, 1, 3]);
    expect(run(waits, 4, 11).out.size).toBe(4);
  });

  it('takes packets again once there is room', () => {
    const { out } = run(
      [
        { kind: 'limit', packets: 1 },
        { kind: 'rate', rate: 43_200 },
      ],
      6,
      4,
    );
    expect([...out.keys()]).toEqual([0, 3]);
  });
});

describe('slot', () => {
  it('lets what gathered leave together', () => {
    const { times } = run([{ kind: 'slot', delay: [10, 10] }], 6, 4);
    expect(times.map((at) => Math.floor(at))).toEqual([10, 10, 10, 22, 22, 22]);
  });

  it('lets no more leave in a slot than it may', () => {
    const packets = run([{ kind: 'slot', delay: [10, 10], packets: 2 }], 5);
    expect(packets.times.map((at) => Math.round(at))).toEqual([10, 10, 20, 20, 30]);
    // The packet that goes beyond the bytes is the last of its slot.
    const bytes = run([{ kind: 'slot', delay: [10, 10], bytes: 60 }], 5);
    expect(bytes.times.map((at) => Math.round(at))).toEqual([10, 10, 20, 20, 30]);
  });

  it('waits between the shortest and the longest time, or as the distribution has it', () => {
    const uniform = run([{ kind: 'slot', delay: [10, 20], packets: 1 }], 200).times;
    const waits = uniform.map((at, index) => at - (uniform[index - 1] ?? 0));
    expect(Math.min(...waits)).toBeGreaterThan(9.9);
    expect(Math.max(...waits)).toBeLessThan(20.1);
    expect(Math.max(...waits) - Math.min(...waits)).toBeGreaterThan(9);
    const normal = { time: 10, jitter: 1, distribution: 'normal' as const };
    expect(run([{ kind: 'slot', delay: normal, packets: 1 }], 200).times.at(-1)! / 200).toBeCloseTo(10, 0);
  });
});

describe('a timetable', () => {
  const gone: StageSpec = { kind: 'loss', probability: 1 };

  it('has a stage for some probes only', () => {
    const { out } = run([{ ...gone, when: { probes: [2, 4] } }], 7);
    expect([...out.keys()]).toEqual([0, 1, 5, 6]);
  });

  it('has a stage from one time of the path to another', () => {
    expect([...run([{ ...gone, when: { at: 20, until: 40 } }], 6, 10).out.keys()]).toEqual([0, 1, 4, 5]);
    expect([...run([{ ...gone, when: { at: 20 } }], 4, 10).out.keys()]).toEqual([0, 1]);
    expect([...run([{ ...gone, when: { until: 20 } }], 4, 10).out.keys()]).toEqual([2, 3]);
  });

  it('counts time from the first packet', () => {
    vi.advanceTimersByTime(1000);
    expect(run([{ ...gone, when: { until: 20 } }], 4, 10).out.size).toBe(2);
  });

  it('does not change what a stage decides about the packets that are left to it', () => {
    const dropped = (when?: StageSpec['when']) =>
      run([{ kind: 'loss', probability: 0.5, correlation: 0.5, when }], 100)
        .path.log.sorted()
        .map(({ proberAddress }) => proberAddress - 0x0a000001);
    expect(dropped({ probes: [50, 79] })).toEqual(dropped().filter((at) => at >= 50 && at < 80));
  });
});

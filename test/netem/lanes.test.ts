import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Direction } from '../../src/netem/flow.js';
import { buildLanes, type PathSpec } from '../../src/netem/lane.js';
import { Path } from '../../src/netem/path.js';
import type { StageSpec } from '../../src/netem/stages.js';
import { decodeFrame } from '../../src/packet/index.js';
import { packetOf, turned } from './packets.js';

const sets = (value: number): StageSpec => ({ kind: 'ttl', set: value });

const network: PathSpec = {
  forward: [sets(1), sets(2)],
  reverse: [sets(3)],
  both: [sets(4), sets(5)],
  boxes: [
    { name: 'home', forward: [sets(6)], reverse: [sets(7), sets(8)], both: [sets(9)] },
    { name: 'far', forward: [], reverse: [], both: [sets(10)] },
  ],
};

const texts = (direction: Direction, spec: PathSpec) =>
  buildLanes(spec, 1, 'm1')[direction].sites.map(({ text }) => text);

describe('the order of stages', () => {
  it('is that in which a packet on its way to the machine meets them', () => {
    expect(texts('forward', network)).toEqual([
      'ttl set 1',
      'ttl set 2',
      'ttl set 4',
      'ttl set 5',
      'home: ttl set 6',
      'home: ttl set 9',
      'far: ttl set 10',
    ]);
  });

  it('is turned round for boxes and what stands in both directions, but not within a list of the way back', () => {
    expect(texts('reverse', network)).toEqual([
      'far: ttl set 10',
      'home: ttl set 9',
      'home: ttl set 7',
      'home: ttl set 8',
      'ttl set 5',
      'ttl set 4',
      'ttl set 3',
    ]);
  });
});

describe('a stage in both directions', () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it('decides of its own in each', () => {
    const path = new Path({
      spec: { forward: [], reverse: [], both: [{ kind: 'loss', probability: 0.5 }] },
      seed: 1,
      link: 'm1',
      deliver: () => {},
    });
    const lost: Record<Direction, number[]> = { forward: [], reverse: [] };
    for (let flow = 0; flow < 400; flow++)
      for (const direction of ['forward', 'reverse'] as const) {
        const before = path.dropped;
        const frame = packetOf(flow);
        path.send(direction, direction === 'forward' ? frame : turned(frame));
        if (path.dropped > before) lost[direction].push(flow);
      }
    expect(lost.forward.length).toBeGreaterThan(150);
    expect(lost.reverse.length).toBeGreaterThan(150);
    const alike = lost.forward.filter((flow) => lost.reverse.includes(flow)).length;
    expect(alike / lost.forward.length).toBeLessThan(0.65);
  });

  it('keeps nothing from anyone: each frame comes out once', () => {
    const out: string[] = [];
    const path = new Path({
      spec: network,
      seed: 1,
      link: 'm1',
      deliver: (direction, frame) => out.push(`${direction} ${decodeFrame(frame).ipv4!.ttl}`),
    });
    path.send('forward', packetOf(1));
    path.send('reverse', turned(packetOf(1)));
    expect(out).toEqual(['forward 10', 'reverse 3']);
  });
});

describe('a packet that a stage makes', () => {
  const rst: StageSpec = { kind: 'rst-inject', probability: 1, flags: 0, towards: 'sender', drop: true };
  const plain: PathSpec = { forward: [], reverse: [] };

  /** The TTLs that a forged RST is given on its way, for a segment sent in `direction`. */
  function ttlsMet(spec: PathSpec, direction: Direction): number[] {
    const path = new Path({ spec, seed: 1, link: 'm1', deliver: () => {} });
    path.send(direction, direction === 'forward' ? packetOf(1) : turned(packetOf(1)));
    const way = direction === 'forward' ? 'reverse' : 'forward';
    return path.log
      .sorted()
      .filter((one) => one.direction === way && one.kind === 'ttl')
      .map(({ value }) => value);
  }

  it('meets the whole list opposite when its maker stands in one direction', () => {
    const way: PathSpec = { ...plain, forward: [rst], reverse: [sets(3), sets(4)], both: [sets(5)] };
    expect(ttlsMet(way, 'forward')).toEqual([3, 4]);
    const back: PathSpec = { ...plain, reverse: [rst], forward: [sets(3), sets(4)], both: [sets(5)] };
    expect(ttlsMet(back, 'reverse')).toEqual([3, 4, 5]);
  });

  it('meets what stands there when that list is empty', () => {
    const box = { ...plain, name: 'box', both: [sets(6)] };
    expect(ttlsMet({ ...plain, forward: [rst], both: [sets(5)], boxes: [box] }, 'forward')).toEqual([]);
    expect(ttlsMet({ ...plain, reverse: [rst], both: [sets(5)], boxes: [box] }, 'reverse')).toEqual([5, 6]);
    const inBox = { ...plain, name: 'box', forward: [rst], both: [sets(6)] };
    expect(ttlsMet({ ...plain, reverse: [sets(3)], both: [sets(5)], boxes: [inBox] }, 'forward')).toEqual([
      5, 3,
    ]);
  });

  it('goes on from its maker when that stands in both', () => {
    const both = [sets(5), rst, sets(6)];
    expect(ttlsMet({ ...plain, reverse: [sets(3)], both }, 'forward')).toEqual([5, 3]);
    expect(ttlsMet({ ...plain, forward: [sets(3)], both }, 'reverse')).toEqual([6]);
  });

  it('has draws of its own, and a number that no copy has', () => {
    const spec: PathSpec = {
      forward: [{ ...rst, drop: false }],
      reverse: [{ kind: 'duplicate', probability: 1 }, sets(7)],
    };
    const path = new Path({ spec, seed: 1, link: 'm1', deliver: () => {} });
    path.send('forward', packetOf(1));
    path.send('reverse', turned(packetOf(1)));
    const numbers = path.log
      .sorted()
      .filter(({ direction, kind }) => direction === 'reverse' && kind === 'ttl')
      .map(({ ordinal, copy }) => `${ordinal}.${copy}`);
    expect(numbers).toHaveLength(4);
    expect(new Set(numbers).size).toBe(4);
  });

  it('enters and leaves, as an observer sees it, as often as it is there', () => {
    const path = new Path({ spec: { ...plain, forward: [rst] }, seed: 1, link: 'm1', deliver: () => {} });
    const seen: string[] = [];
    path.observer = {
      entered: (direction, _frame, prober) => seen.push(`in ${direction} ${prober - 0x0a000001}`),
      left: (direction, _frame, prober) => seen.push(`out ${direction} ${prober - 0x0a000001}`),
    };
    path.send('forward', packetOf(9));
    expect(seen).toEqual(['in forward 9', 'in reverse 9', 'out reverse 9', 'out forward 9']);
  });
});

import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { isIpv4Frame } from '../../src/netem/flow.js';
import { Path } from '../../src/netem/path.js';
import type { StageSpec } from '../../src/netem/stages.js';
import {
  decodeFrame,
  emitFrame,
  internetChecksum,
  ipv4HeaderLength,
  withoutComputed,
} from '../../src/packet/index.js';
import { frameLikeBytes, wellFormedFrame } from '../packet/arbitrary.js';
import { arpReplyBytes } from '../packet/golden-frames.js';
import { anyStages, harmlessStages, packetOf } from './packets.js';

/** A forward path that counts what happens at its ends. */
function countingPath(forward: readonly StageSpec[], seed: number | string = 1) {
  const counts = { delivered: 0, entered: 0, left: 0 };
  const frames: Uint8Array[] = [];
  const path = new Path({
    spec: { forward, reverse: [] },
    seed,
    link: 'm1',
    deliver: (_direction, frame) => {
      counts.delivered++;
      frames.push(frame.slice());
    },
  });
  path.observer = { entered: () => counts.entered++, left: () => counts.left++ };
  return { path, counts, frames };
}

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
});

afterEach(() => {
  vi.useRealTimers();
});

const anyFrames = fc.array(fc.oneof(frameLikeBytes, wellFormedFrame.map(emitFrame)), { maxLength: 30 });

describe('a path of any stages', () => {
  it('conserves packets: entered + duplicated = delivered + dropped + held, at any time', () => {
    fc.assert(
      fc.property(anyFrames, anyStages, fc.nat(60), fc.nat(), (given, stages, wait, seed) => {
        const { path, counts } = countingPath(stages, seed);
        const frames = given.filter(isIpv4Frame);
        const balanced = () => {
          const duplicated = path.log.sorted().filter(({ action }) => action === 'duplicate').length;
          expect(counts.delivered + path.dropped + path.held).toBe(frames.length + duplicated);
          expect(counts.entered).toBe(frames.length + duplicated);
          expect(counts.left).toBe(counts.delivered + path.dropped);
        };
        for (const frame of frames) path.send('forward', frame);
        balanced();
        vi.advanceTimersByTime(wait);
        balanced();
        const logged = path.log.sorted().filter(({ action }) => action === 'drop').length;
        expect(path.dropped).toBe(logged);
        path.clear();
        expect(path.held).toBe(0);
        balanced();
      }),
    );
  });

  it('takes any bytes without throwing, and hands on all that are not IPv4 at once and untouched', () => {
    fc.assert(
      fc.property(anyFrames, anyStages, (given, stages) => {
        const { path, frames } = countingPath([...stages, { kind: 'loss', probability: 1 }]);
        for (const frame of given) path.send('forward', frame);
        vi.runAllTimers();
        expect(frames).toEqual(given.filter((frame) => !isIpv4Frame(frame)));
      }),
    );
  });

  it('gives every frame that came in right a right header checksum, and changes nothing but the TTL', () => {
    fc.assert(
      fc.property(fc.array(wellFormedFrame, { maxLength: 10 }), harmlessStages, (given, stages) => {
        const { path, frames } = countingPath(stages);
        const sent = given.filter(({ ipv4 }) => ipv4).map(emitFrame);
        for (const frame of sent) path.send('forward', frame);
        vi.runAllTimers();
        const anyTtl = (frame: Uint8Array) => {
          const { ipv4, ...rest } = decodeFrame(frame);
          return Buffer.from(
            emitFrame({ ...rest, ipv4: { ...ipv4!, ttl: 1, checksum: undefined } }),
          ).toString('hex');
        };
        const expected = new Set(sent.map(anyTtl));
        for (const frame of frames) {
          expect(internetChecksum(frame, 14, 14 + ipv4HeaderLength(frame, 14))).toBe(0);
          expect(expected).toContain(anyTtl(frame));
        }
      }),
    );
  });

  it('leaves the caller its buffer, to reuse at once', () => {
    const { path, frames } = countingPath([
      { kind: 'ttl', set: 7 },
      { kind: 'delay', time: 5, jitter: 0 },
    ]);
    const frame = packetOf(1);
    const before = frame.slice();
    path.send('forward', frame);
    expect(frame).toEqual(before);
    frame.fill(0);
    vi.runAllTimers();
    expect(frames.map((out) => decodeFrame(out).ipv4!.source)).toEqual([0x0a000002]);
  });
});

describe('a path', () => {
  it('hands packets on at once where it has no stages', () => {
    const { path, frames, counts } = countingPath([]);
    path.send('forward', packetOf(3));
    path.send('forward', arpReplyBytes);
    expect(frames).toEqual([packetOf(3), arpReplyBytes]);
    expect([counts.entered, counts.left, path.log.length]).toEqual([1, 1, 0]);
  });

  it('keeps its directions apart', () => {
    const delivered: string[] = [];
    const path = new Path({
      spec: { forward: [{ kind: 'loss', probability: 1 }], reverse: [{ kind: 'ttl', set: 9 }] },
      seed: 1,
      link: 'm1',
      deliver: (direction, frame) => delivered.push(`${direction} ${decodeFrame(frame).ipv4!.ttl}`),
    });
    path.send('forward', packetOf(1));
    path.send('reverse', packetOf(1));
    expect(delivered).toEqual(['reverse 9']);
    expect(path.describe('forward')).toEqual(['loss 100%']);
    expect(path.describe('reverse')).toEqual(['ttl set 9']);
  });

  it('runs its stages in the order given', () => {
    const ttlAfter = (stages: StageSpec[]) => {
      const { path, frames } = countingPath(stages);
      path.send('forward', packetOf(1));
      return decodeFrame(frames[0]!).ipv4!.ttl;
    };
    expect(
      ttlAfter([
        { kind: 'ttl', set: 10 },
        { kind: 'ttl', decrement: 3 },
      ]),
    ).toBe(7);
    expect(
      ttlAfter([
        { kind: 'ttl', decrement: 3 },
        { kind: 'ttl', set: 10 },
      ]),
    ).toBe(10);
  });

  it('can be used again after it was cleared', () => {
    const { path, counts } = countingPath([{ kind: 'delay', time: 10, jitter: 0 }]);
    path.send('forward', packetOf(1));
    path.clear();
    path.send('forward', packetOf(2));
    vi.runAllTimers();
    expect(counts).toEqual({ delivered: 1, entered: 2, left: 2 });
    expect(path.dropped).toBe(1);
  });

  it('says its stages in numbers for people', () => {
    const { path } = countingPath([
      { kind: 'loss', probability: 0.07 },
      { kind: 'delay', time: 1.1 * 1000, jitter: 0.1 + 0.2 },
      { kind: 'delay', time: 20, jitter: 0 },
      { kind: 'duplicate', probability: 0.29 },
      { kind: 'reorder', probability: 0.57, delay: 3 },
      { kind: 'ttl', decrement: 4 },
    ]);
    expect(path.describe('forward')).toEqual([
      'loss 7%',
      'delay 1100ms 0.3ms',
      'delay 20ms',
      'duplicate 29%',
      'reorder 57% delay 3ms',
      'ttl decrement 4',
    ]);
  });
});

it('the frames of these tests are IPv4 with right checksums', () => {
  const frame = packetOf(12, 34);
  expect(isIpv4Frame(frame)).toBe(true);
  expect(emitFrame(withoutComputed(decodeFrame(frame)))).toEqual(frame);
});

import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { isIpv4Frame } from '../../src/netem/flow.js';
import type { FaultAction, FaultMatch } from '../../src/netem/impairment/fault.js';
import { Path } from '../../src/netem/path.js';
import { parsePredicate } from '../../src/netem/predicate/parse.js';
import type { StageSpec } from '../../src/netem/stages.js';
import { decodeFrame, emitFrame, tcpFrame, transportChecksum } from '../../src/packet/index.js';
import { wellFormedFrame } from '../packet/arbitrary.js';
import { machineMac, packetOf, probeMac, sequenceOf, turned } from './packets.js';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
});
afterEach(() => {
  vi.useRealTimers();
});

function fault(match: string, action: FaultAction, which: Omit<FaultMatch, 'match'> = {}): StageSpec {
  return { kind: 'fault', match: parsePredicate(match), ...which, ...action };
}

const drop = { action: 'drop' } as const;

/** Sequence numbers of what came out, in order. */
function run(stages: readonly StageSpec[], frames: readonly Uint8Array[]) {
  const out: Uint8Array[] = [];
  const path = new Path({
    ...{ spec: { forward: stages, reverse: [] }, seed: 1, link: 'm1', origin: 0x0a000001 },
    deliver: (_direction, frame) => out.push(frame.slice()),
  });
  for (const frame of frames) path.send('forward', frame);
  vi.runAllTimers();
  return { path, out, sequences: out.map(sequenceOf) };
}

const flags = (sequence: number, bits: number) =>
  emitFrame(
    tcpFrame({
      ethernet: { source: probeMac, destination: machineMac },
      ipv4: { source: 0x0a000001 + sequence, destination: 0xac1f0002 },
      tcp: { sourcePort: 40_000, destinationPort: 80, sequence, flags: bits },
    }),
  );
const [SYN, RST] = [2, 4];
const mixed = [flags(0, SYN), flags(1, RST), flags(2, SYN), flags(3, SYN), flags(4, RST), flags(5, SYN)];

describe('a fault', () => {
  it('drops the n-th packet that matches', () => {
    expect(run([fault('tcp.flags == SYN', drop, { nth: [3] })], mixed).sequences).toEqual([0, 1, 2, 4, 5]);
    expect(run([fault('tcp.flags == SYN', drop, { nth: [1, 4] })], mixed).sequences).toEqual([1, 2, 3, 4]);
  });

  it('drops all that match without a number', () => {
    expect(run([fault('tcp.flags == SYN', drop)], mixed).sequences).toEqual([1, 4]);
  });

  it('can be told which probe is meant', () => {
    expect(run([fault('probe in {1..3}', drop)], mixed).sequences).toEqual([0, 4, 5]);
  });

  it('counts within each flow where it is told to', () => {
    const frames = [0, 1, 0, 1, 0].map((flow, index) => packetOf(flow, index));
    expect(run([fault('tcp', drop, { nth: [2], per: 'flow' })], frames).sequences).toEqual([0, 1, 4]);
  });

  it('counts each direction by itself', () => {
    const out: string[] = [];
    const path = new Path({
      spec: { forward: [], reverse: [], both: [fault('tcp', drop, { nth: [2] })] },
      ...{
        seed: 1,
        link: 'm1',
        deliver: (direction, frame) => out.push(`${direction} ${sequenceOf(frame)}`),
      },
    });
    for (const sequence of [0, 1, 2]) {
      path.send('forward', packetOf(0, sequence));
      path.send('reverse', turned(packetOf(0, sequence)));
    }
    expect(out).toEqual(['forward 0', 'reverse 0', 'forward 2', 'reverse 2']);
  });

  it('holds, so that others overtake', () => {
    const held = run([fault('tcp', { action: 'hold', time: 7 }, { nth: [2] })], mixed);
    expect(held.sequences).toEqual([0, 2, 3, 4, 5, 1]);
    expect(held.path.log.sorted().map(({ action, value }) => [action, value])).toEqual([['hold', 7000]]);
  });

  it('duplicates', () => {
    const { sequences, path } = run([fault('tcp', { action: 'duplicate' }, { nth: [2] })], mixed);
    expect(sequences).toEqual([0, 1, 1, 2, 3, 4, 5]);
    expect(path.log.sorted()).toMatchObject([{ kind: 'fault', action: 'duplicate', copy: 0 }]);
  });

  it('truncates to a number of bytes, and mends nothing', () => {
    const whole = packetOf(0);
    const { out } = run([fault('tcp', { action: 'truncate', bytes: 30 })], [whole]);
    expect(out).toEqual([whole.slice(0, 14 + 30)]);
  });

  it('leaves the IPv4 header whole, and a shorter packet as it is', () => {
    fc.assert(
      fc.property(
        wellFormedFrame.map(emitFrame).filter(isIpv4Frame),
        fc.integer({ min: 20, max: 80 }),
        (frame, bytes) => {
          const [cut] = run([fault('ip.ihl', { action: 'truncate', bytes })], [frame]).out;
          const { ipv4 } = decodeFrame(cut!);
          expect(ipv4).toEqual(decodeFrame(frame).ipv4);
          expect(cut).toEqual(frame.slice(0, cut!.length));
          if (frame.length <= 14 + bytes) expect(cut).toEqual(frame);
        },
      ),
    );
  });
});

describe('corrupt', () => {
  const ones = (byte: number) => byte.toString(2).replaceAll('0', '').length;

  it('turns one bit over, anywhere in the IPv4 packet, and notes which', () => {
    const frames = Array.from({ length: 4000 }, (_, index) => packetOf(index));
    const { out, path } = run([{ kind: 'corrupt', probability: 1 }], frames);
    const hits = new Map<number, number>();
    const decisions = path.log.sorted();
    for (const [index, frame] of out.entries()) {
      const changed = [...frame.keys()].filter((at) => frame[at] !== frames[index]![at]);
      expect(changed).toHaveLength(1);
      const at = changed[0]!;
      expect(ones(frame[at]! ^ frames[index]![at]!)).toBe(1);
      hits.set(at, (hits.get(at) ?? 0) + 1);
      const { value, before, after } = decisions[index]!;
      const hex = (byte: number) => byte.toString(16).padStart(2, '0');
      expect([value + 14, before, after]).toEqual([
        at,
        `${value}:${hex(frames[index]![at]!)}`,
        `${value}:${hex(frame[at]!)}`,
      ]);
    }
    // Each of the 40 bytes about 100 times.
    expect([...hits.keys()].sort((a, b) => a - b)).toEqual(Array.from({ length: 40 }, (_, at) => at + 14));
    for (const found of hits.values()) expect(Math.abs(found - 100)).toBeLessThan(50);
  });

  it('leaves the checksum wrong, wherever it hits the segment', () => {
    const frames = Array.from({ length: 500 }, (_, index) => packetOf(index));
    const wrong = run([{ kind: 'corrupt', probability: 1 }], frames).out.filter((frame, index) => {
      const inSegment = frame.slice(34).some((byte, at) => byte !== frames[index]![at + 34]);
      const { source, destination } = decodeFrame(frames[index]!).ipv4!;
      return inSegment && transportChecksum(frame, 34, frame.length, source, destination, 6) !== 0;
    });
    expect(wrong.length).toBeGreaterThan(200);
  });

  it('leaves the Ethernet padding alone', () => {
    const padded = Array.from({ length: 300 }, (_, index) => {
      const frame = new Uint8Array(64);
      frame.set(packetOf(index));
      return frame;
    });
    for (const frame of run([{ kind: 'corrupt', probability: 1 }], padded).out)
      expect(frame.slice(54).every((byte) => byte === 0)).toBe(true);
  });

  it('passes on what is no IPv4 packet any more, past the stages after it', () => {
    const frames = Array.from({ length: 400 }, (_, index) => packetOf(index));
    const { out } = run(
      [
        { kind: 'corrupt', probability: 1 },
        { kind: 'loss', probability: 1 },
      ],
      frames,
    );
    expect(out.length).toBeGreaterThan(0);
    for (const frame of out) expect(isIpv4Frame(frame)).toBe(false);
  });
});

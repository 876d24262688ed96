import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Decision, digestDecisions } from '../../src/netem/decision-log.js';
import { type Direction, isIpv4Frame } from '../../src/netem/flow.js';
import { Path } from '../../src/netem/path.js';
import { RewriteLog } from '../../src/netem/rewrite-log.js';
import { KeptFrame, withRewritten } from '../../src/netem/rewritten.js';
import type { StageSpec } from '../../src/netem/stages.js';
import { emitFrame } from '../../src/packet/index.js';
import { frameLikeBytes, wellFormedFrame } from '../packet/arbitrary.js';
import { damaging } from './impairment-specs.js';
import { anyPair, anyRewrite } from './rewrite-specs.js';
import { fromMachine, fromProber, TwoWay } from './two-way.js';

const frames = fc.oneof(frameLikeBytes, wellFormedFrame.map(emitFrame)).filter(isIpv4Frame);
const stages: fc.Arbitrary<StageSpec[]> = fc.array(fc.oneof(anyRewrite, damaging), {
  minLength: 1,
  maxLength: 5,
});

/** What became of the very packet that was sent, and the decisions about it; no frame where it was dropped. */
function sent(spec: StageSpec[], direction: Direction, frame: Uint8Array) {
  const out: Uint8Array[] = [];
  const path = new Path({
    spec: { forward: [], reverse: [], [direction]: spec },
    seed: 1,
    link: 'm1',
    deliver: (towards, left) => towards === direction && out.push(left.slice()),
  });
  path.send(direction, frame);
  const decisions = path.log.sorted().filter((one) => one.direction === direction && one.copy === 0);
  const dropped = decisions.some(({ action }) => action === 'drop');
  return { decisions, frame: dropped ? undefined : out.at(-1) };
}

const rewrites = (decisions: readonly Decision[]) =>
  decisions.flatMap(({ action, before, after }) =>
    before === undefined || action === 'emit' ? [] : [{ before, after: after! }],
  );

const replay = (frame: Uint8Array | undefined, changes: { before: string; after: string }[]) =>
  changes.reduce((at, change) => (at ? withRewritten(at, change) : undefined), frame);

describe('the bytes that the log keeps', () => {
  it('lead from the packet that came to the packet that left, and back', () => {
    let seen = 0;
    fc.assert(
      fc.property(stages, fc.constantFrom('forward', 'reverse'), frames, (spec, direction, frame) => {
        const { decisions, frame: left } = sent(spec, direction, frame);
        if (!left) return;
        const changes = rewrites(decisions);
        seen += changes.length;
        expect(replay(frame, changes)).toEqual(left);
        const undone = changes.reverse().map(({ before, after }) => ({ before: after, after: before }));
        expect(replay(left, undone)).toEqual(frame);
      }),
      { numRuns: 500 },
    );
    expect(seen).toBeGreaterThan(150);
  });

  it('do so for stages of both directions, whatever they sent of their own', () => {
    const segment = fc
      .record({
        back: fc.boolean(),
        flags: fc.constantFrom(2, 0x12, 0x10, 4),
        sequence: fc.nat(3),
        acknowledgment: fc.nat(3),
      })
      .map(({ back, ...tcp }) => ({ back, frame: back ? fromMachine(tcp) : fromProber(tcp) }));
    fc.assert(
      fc.property(
        fc.array(anyPair, { minLength: 1, maxLength: 3 }),
        fc.array(segment, { maxLength: 12 }),
        (spec, sent) => {
          const both = new TwoWay(spec);
          const ordinals = { forward: 0, reverse: 0 };
          for (const { back, frame } of sent) {
            const direction = back ? 'reverse' : 'forward';
            const ordinal = ordinals[direction]++;
            const left = both.all(direction, frame).filter((one) => one.direction === direction);
            const made = both.path.log
              .sorted()
              .filter((one) => one.direction === direction && one.copy === 0 && one.ordinal === ordinal);
            if (made.some(({ action }) => action === 'drop')) continue;
            expect(replay(frame, rewrites(made))).toEqual(left.at(-1)?.frame);
          }
        },
      ),
      { numRuns: 300 },
    );
  });

  it('are those that changed and no others', () => {
    const frame = fromProber({
      sequence: 7,
      options: [{ type: 'mss', value: 1460 }, { type: 'sackPermitted' }],
      flags: 2,
      ipv4: { ttl: 64 },
    });
    const texts = (spec: StageSpec, given = frame) =>
      rewrites(sent([spec], 'forward', given).decisions).map(({ before, after }) => `${before} | ${after}`);
    expect(texts({ kind: 'ttl', decrement: 1 })).toEqual(['8:40 10:84 | 8:3f 10:85']);
    expect(texts({ kind: 'ttl', set: 64 })).toEqual([]);
    expect(texts({ kind: 'mss', clamp: 1400 })).toEqual(['37:b0 43:b4 | 37:ec 43:78']);
    expect(texts({ kind: 'strip-option', options: [4], others: false, leave: 'nothing' })).toEqual([
      '36:36b0 44:0402 | 36:3ab2 44:0000',
    ]);
    const stamped = fromProber({
      options: [
        { type: 'timestamps', value: 1, echo: 0 },
        { type: 'mss', value: 1 },
      ],
    });
    expect(texts({ kind: 'strip-option', options: [8], others: false, leave: 'nothing' }, stamped)).toEqual([
      '3:38 11:9e 32:90 36:1859 40:080a000000010000000002040001 | 3:30 11:a6 32:70 36:406c 40:020400010000',
    ]);
    expect(texts({ kind: 'loss', probability: 0 })).toEqual([]);
  });

  it('fit no other packet', () => {
    const kept = new KeptFrame();
    const [one, other] = [fromProber({ window: 5 }), fromProber({ window: 6 })];
    kept.keep(one);
    const log = new RewriteLog();
    const change = log.at(log.add(kept, other))!;
    expect(withRewritten(one, change)).toEqual(other);
    expect(withRewritten(other, change)).toBeUndefined();
    expect(withRewritten(one.subarray(0, 30), change)).toBeUndefined();
  });

  it("are no part of the digest: an answer has its machine's", () => {
    const log = (acknowledgment: number) =>
      sent(
        [{ kind: 'ttl', decrement: 1 }],
        'reverse',
        fromMachine({ acknowledgment, ipv4: { identification: acknowledgment } }),
      ).decisions;
    expect(log(0x100)).not.toEqual(log(0x200));
    expect(digestDecisions(log(0x100))).toBe(digestDecisions(log(0x200)));
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Direction, isIpv4Frame } from '../../src/netem/flow.js';
import { Path } from '../../src/netem/path.js';
import { rewriteKinds } from '../../src/netem/rewrite/index.js';
import type { StageSpec } from '../../src/netem/stages.js';
import {
  decodeFrame,
  emitFrame,
  internetChecksum,
  ipv4HeaderLength,
  isWholePacket,
  udpFrame,
  withoutComputed,
} from '../../src/packet/index.js';
import { frameLikeBytes, wellFormedFrame } from '../packet/arbitrary.js';
import { machineMac, probeMac } from './packets.js';
import { anyRewrite, rewriteSpecs } from './rewrite-specs.js';

interface Out {
  readonly direction: Direction;
  readonly frame: Uint8Array;
}

function forwardPath(forward: readonly StageSpec[], deliver: (out: Out) => void): Path {
  return new Path({
    spec: { forward, reverse: [] },
    seed: 1,
    link: 'm1',
    deliver: (direction, frame) => deliver({ direction, frame: frame.slice() }),
  });
}

/** What leaves a path of this stage for one frame that enters it, either way. */
function all(spec: StageSpec, frame: Uint8Array): Out[] {
  const out: Out[] = [];
  forwardPath([spec], (one) => out.push(one)).send('forward', frame);
  return out;
}

/** The packet itself as it comes out, after all that was made of it; undefined when it was dropped. */
function through(spec: StageSpec, frame: Uint8Array): Uint8Array | undefined {
  const out: Out[] = [];
  const path = forwardPath([spec], (one) => out.push(one));
  path.send('forward', frame);
  return path.dropped > 0 ? undefined : out.findLast(({ direction }) => direction === 'forward')?.frame;
}

const wellFormed = wellFormedFrame.filter(({ ipv4 }) => ipv4 !== undefined).map(emitFrame);

const udpOf = (payload: Uint8Array) =>
  emitFrame(
    udpFrame({
      ethernet: { source: probeMac, destination: machineMac },
      ipv4: { source: 0x0a000001, destination: 0xac1f0002, flags: 0, identification: 77 },
      udp: { sourcePort: 1, destinationPort: 2 },
      payload,
    }),
  );

it('the specs of these tests are of every kind', () => {
  expect(Object.keys(rewriteSpecs).sort()).toEqual([...rewriteKinds].sort());
});

describe('any rewrite', () => {
  it('takes any bytes without throwing', () => {
    fc.assert(
      fc.property(fc.array(anyRewrite, { minLength: 1, maxLength: 4 }), frameLikeBytes, (specs, frame) => {
        let now: Uint8Array | undefined = frame;
        for (const spec of specs) if (now) now = through(spec, now);
      }),
      { numRuns: 2000 },
    );
  });

  it('gives a packet that came in right out with right lengths and checksums', () => {
    fc.assert(
      fc.property(anyRewrite, wellFormed, (spec, frame) => {
        for (const { frame: out } of all(spec, frame)) {
          expect(internetChecksum(out, 14, 14 + ipv4HeaderLength(out, 14))).toBe(0);
          if (isWholePacket(decodeFrame(out)))
            expect(emitFrame(withoutComputed(decodeFrame(out)))).toEqual(out);
        }
      }),
      { numRuns: 1000 },
    );
  });

  it('leaves a wrong checksum wrong by the same amount, but for what looks at checksums or cuts', () => {
    const blind = anyRewrite.filter(({ kind }) => kind !== 'bad-checksum' && kind !== 'mtu');
    fc.assert(
      fc.property(blind, wellFormed, fc.integer({ min: 1, max: 0xfffe }), (spec, frame, by) => {
        const right = decodeFrame(frame);
        fc.pre(right.tcp !== undefined);
        const wrong = { ...right, tcp: { ...right.tcp!, checksum: right.tcp!.checksum! ^ by } };
        const out = through(spec, emitFrame(wrong));
        if (!out) return;
        const mended = decodeFrame(emitFrame(withoutComputed(decodeFrame(out)))).tcp!.checksum!;
        const before = (wrong.tcp.checksum - right.tcp!.checksum! + 0xffff) % 0xffff;
        expect((decodeFrame(out).tcp!.checksum! - mended + 0xffff) % 0xffff).toBe(before);
      }),
      { numRuns: 1000 },
    );
  });

  it('does nothing the second time that it did not do the first', () => {
    const steady = anyRewrite.filter((spec) => !('decrement' in spec) && !('mark' in spec));
    fc.assert(
      fc.property(steady, frameLikeBytes, (spec, frame) => {
        const once = through(spec, frame);
        if (once) expect(through(spec, once)).toEqual(once);
      }),
      { numRuns: 1000 },
    );
  });
});

it('hands on what is not IPv4 untouched', () => {
  fc.assert(
    fc.property(anyRewrite, frameLikeBytes, (spec, frame) => {
      fc.pre(!isIpv4Frame(frame));
      expect(through(spec, frame)).toEqual(frame);
    }),
  );
});

it('what a small link cuts into pieces, reassembly puts together again, byte for byte', () => {
  const large = fc
    .record({
      size: fc.integer({ min: 68, max: 300 }),
      payload: fc.uint8Array({ minLength: 0, maxLength: 1400 }),
    })
    .map(({ size, payload }) => ({ size, frame: udpOf(payload) }));
  fc.assert(
    fc.property(large, ({ size, frame }) => {
      const cut = all({ kind: 'mtu', size, icmp: true, router: 1 }, frame);
      expect(cut.length).toBe(
        frame.length - 14 <= size
          ? 1
          : Math.ceil((frame.length - 34 - ((size - 20) % 8)) / ((size - 20) & ~7)),
      );
      for (const piece of cut) expect(piece.frame.length - 14).toBeLessThanOrEqual(size);
      const path = forwardPath([{ kind: 'fragments', to: 'reassemble' }], (whole) =>
        expect(whole.frame).toEqual(frame),
      );
      for (const piece of [...cut].reverse()) path.send('forward', piece.frame);
      expect(path.dropped).toBe(cut.length - 1);
    }),
  );
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isIpv4Frame } from '../../src/netem/flow.js';
import { pairedRewriteKinds } from '../../src/netem/rewrite/index.js';
import { createStage } from '../../src/netem/stages.js';
import {
  decodeFrame,
  emitFrame,
  internetChecksum,
  ipv4HeaderLength,
  isWholePacket,
  withoutComputed,
} from '../../src/packet/index.js';
import { frameLikeBytes, wellFormedFrame } from '../packet/arbitrary.js';
import { anyPair, pairedSpecs } from './rewrite-specs.js';
import { fromMachine, fromProber, TwoWay } from './two-way.js';

const direction = fc.constantFrom('forward' as const, 'reverse' as const);
/** Segments of few flows, so that they meet each other's state. */
const segment = fc
  .record({
    direction,
    copy: fc.nat(2),
    flags: fc.oneof(fc.constantFrom(0x02, 0x12, 0x10, 0x04, 0x14, 0x11), fc.nat(255)),
    sequence: fc.oneof(fc.nat(5), fc.nat(0xffff_ffff)),
    acknowledgment: fc.oneof(fc.nat(5), fc.nat(0xffff_ffff)),
    data: fc.nat(20),
  })
  .map(({ direction, ...fields }) => ({
    direction,
    frame: direction === 'forward' ? fromProber(fields) : fromMachine(fields),
  }));
const wellFormed = wellFormedFrame.filter(({ ipv4 }) => ipv4 !== undefined).map(emitFrame);
const sent = (frame: fc.Arbitrary<Uint8Array>) => fc.record({ direction, frame });

it('the specs of these tests are of every kind', () => {
  expect(Object.keys(pairedSpecs).sort()).toEqual([...pairedRewriteKinds].sort());
});

describe('any rewrite of both directions', () => {
  const pairs = fc.array(anyPair, { minLength: 1, maxLength: 3 });

  it('takes any bytes without throwing, and conserves packets', () => {
    fc.assert(
      fc.property(
        pairs,
        fc.array(fc.oneof(sent(frameLikeBytes), segment), { maxLength: 20 }),
        (specs, packets) => {
          const both = new TwoWay(specs);
          let delivered = 0;
          for (const { direction, frame } of packets)
            if (isIpv4Frame(frame)) delivered += both.all(direction, frame).length;
            else expect(both.all(direction, frame)).toEqual([{ direction, frame }]);
          const emitted = both.path.log.sorted().filter(({ action }) => action === 'emit').length;
          const entered = packets.filter(({ frame }) => isIpv4Frame(frame)).length;
          expect(delivered + both.path.dropped + both.path.held).toBe(entered + emitted);
        },
      ),
      { numRuns: 600 },
    );
  });

  it('lets no wrong checksum or length out that did not come in', () => {
    fc.assert(
      fc.property(
        pairs,
        fc.array(fc.oneof(sent(wellFormed), segment), { maxLength: 20 }),
        (specs, packets) => {
          const both = new TwoWay(specs);
          for (const { direction, frame } of packets)
            for (const { frame: out } of both.all(direction, frame)) {
              expect(internetChecksum(out, 14, 14 + ipv4HeaderLength(out, 14))).toBe(0);
              if (isWholePacket(decodeFrame(out)))
                expect(emitFrame(withoutComputed(decodeFrame(out)))).toEqual(out);
            }
        },
      ),
      { numRuns: 600 },
    );
  });

  it('does the same again for the same seed', () => {
    fc.assert(
      fc.property(pairs, fc.array(segment, { maxLength: 20 }), fc.nat(), (specs, packets, seed) => {
        const run = () => {
          const both = new TwoWay(specs, seed);
          return packets.map(({ direction, frame }) => both.all(direction, frame));
        };
        expect(run()).toEqual(run());
      }),
      { numRuns: 100 },
    );
  });

  it('cannot be made for one direction', () => {
    for (const spec of fc.sample(anyPair, 50)) expect(() => createStage(spec)).toThrow(TypeError);
  });
});

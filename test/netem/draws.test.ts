import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { PacketIdentity } from '../../src/netem/flow.js';
import { drawFor } from '../../src/netem/stage.js';

/** Where drawFor looks in the keyed stream, as text. */
function keyOf(packet: PacketIdentity, draw: number): string {
  let key = '';
  drawFor(
    (...words) => {
      key = words.map((word) => word | 0).join(' ');
      return 0;
    },
    packet,
    draw,
  );
  return key;
}

const packet: fc.Arbitrary<PacketIdentity> = fc.record({
  proberAddress: fc.nat(0xffff_ffff),
  proberPort: fc.nat(0xffff),
  machinePort: fc.nat(0xffff),
  protocol: fc.nat(255),
  ordinal: fc.oneof(
    fc.nat(10),
    fc.nat(0xffff_ffff),
    fc.nat(31).map((bit) => 2 ** bit),
  ),
  copy: fc.oneof(fc.nat(10), fc.nat(2 ** 20 - 1)),
});

it('every packet, copy and draw has a key of its own', () => {
  const draw = fc.nat(15);
  const part = fc.constantFrom<keyof PacketIdentity>('ordinal', 'copy', 'protocol', 'proberPort');
  fc.assert(
    fc.property(packet, packet, part, draw, draw, (one, other, name, a, b) => {
      // Packets that differ in one part only are the ones that might meet.
      const near = { ...one, [name]: other[name] };
      fc.pre(near[name] !== one[name] || a !== b);
      expect(keyOf(near, b)).not.toBe(keyOf(one, a));
    }),
  );
});

it('long flows do not start again', () => {
  const one = { proberAddress: 1, proberPort: 2, machinePort: 3, protocol: 6, ordinal: 0, copy: 0 };
  const keys = [...Array(32).keys()].map((bit) => keyOf({ ...one, ordinal: 2 ** bit }, 0));
  expect(new Set([keyOf(one, 0), ...keys]).size).toBe(33);
});

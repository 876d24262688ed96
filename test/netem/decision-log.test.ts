import fc from 'fast-check';
import { expect, it } from 'vitest';
import { type Decision, DecisionLog } from '../../src/netem/decision-log.js';
import { Packet } from '../../src/netem/packet-pool.js';

const uint16 = fc.constantFrom(0, 1, 0xffff);
const uint32 = fc.constantFrom(0, 1, 0x7fff_ffff, 0x8000_0000, 0xffff_ffff);
const decision: fc.Arbitrary<Decision> = fc.record({
  direction: fc.constantFrom('forward', 'reverse'),
  proberAddress: uint32,
  proberPort: uint16,
  machinePort: uint16,
  protocol: fc.constantFrom(0, 6, 255),
  ordinal: uint32,
  copy: uint32,
  stage: fc.constantFrom(0, 1, 255, 256),
  kind: fc.constantFrom('delay', 'loss'),
  action: fc.constantFrom('drop', 'hold'),
  value: fc.constantFrom(0, -1, 0.5, 2 ** 40),
});

function inOrder(a: Decision, b: Decision): number {
  const of = (one: Decision) => [
    ...[one.direction === 'forward' ? 0 : 1, one.proberAddress, one.proberPort, one.machinePort],
    ...[one.protocol, one.ordinal, one.copy, one.stage],
  ];
  const other = of(b);
  return (
    of(a)
      .map((value, index) => value - other[index]!)
      .find((difference) => difference !== 0) ?? 0
  );
}

function add(log: DecisionLog, one: Decision): void {
  const packet = Object.assign(new Packet(new Uint8Array(0)), one);
  log.add(packet, one.direction, one.stage, log.numberOf(one.kind, one.action), one.value, undefined);
}

it('gives back every decision as it was, by identity and stage, and equals as they came', () => {
  fc.assert(
    fc.property(fc.array(decision, { maxLength: 600 }), (decisions) => {
      const log = new DecisionLog();
      for (const one of decisions) add(log, one);
      expect(log.length).toBe(decisions.length);
      expect(log.sorted()).toEqual([...decisions].sort(inOrder));
    }),
  );
});

it('lists what was decided when it was asked, and not what came later', () => {
  const log = new DecisionLog();
  const [first, later] = fc.sample(decision, 2) as [Decision, Decision];
  add(log, first);
  const list = log.inOrder();
  add(log, later);
  expect([list.length, [...list]]).toEqual([1, [first]]);
});

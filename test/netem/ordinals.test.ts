import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Ordinals } from '../../src/netem/ordinals.js';

const few = <Value>(...values: Value[]) => fc.constantFrom(...values);
const asked = fc.array(
  fc.tuple(
    fc.record({
      proberAddress: few(0, 0x0a000001, 0x0a000002, 0xffffffff),
      proberPort: few(0, 1, 40_000, 65_535),
      machinePort: few(0, 1, 22, 65_535),
      protocol: few(0, 6, 255),
    }),
    few(0, 1, 2, 2 ** 20),
  ),
  { maxLength: 300 },
);

it('counts packets of each flow and maker by themselves', () => {
  fc.assert(
    fc.property(asked, (packets) => {
      const ordinals = new Ordinals();
      const counts = new Map<string, number>();
      for (const [flow, mark] of packets) {
        const key = JSON.stringify([flow, mark]);
        const count = counts.get(key) ?? 0;
        expect(ordinals.next(flow, mark)).toBe(count);
        counts.set(key, count + 1);
      }
    }),
  );
});

it('forgets none of many flows', () => {
  const ordinals = new Ordinals();
  const flow = (index: number) => ({
    ...{ proberAddress: 0x0a000001 + index, proberPort: 1024 + (index % 60_000) },
    ...{ machinePort: 80, protocol: 6 },
  });
  for (let round = 0; round < 3; round++)
    for (let index = 0; index < 50_000; index++)
      if (ordinals.next(flow(index), 0) !== round) expect.fail(`flow ${index} in round ${round}`);
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type SendOrderOptions, type Spread, sendOrder } from '../../src/probe/send-order.js';

const base: SendOrderOptions = {
  ...{ probes: 40, copies: 6, order: 'shuffled', spread: 'rounds' },
  ...{ seed: 1, machine: 'one' },
};
const of = (options: Partial<SendOrderOptions>) => sendOrder({ ...base, ...options });

/** By probe: the places of its copies. */
function placesByProbe({ places }: { places: Uint32Array }, probes: number): number[][] {
  return Array.from({ length: probes }, (_, probe) =>
    [...places].filter((_, index) => index % probes === probe),
  );
}

/** Probes as they follow one another within the order, by copy: which one goes before each. */
function predecessors({ sequence, places }: ReturnType<typeof of>, probes: number, copies: number) {
  return Array.from({ length: probes }, (_, probe) =>
    Array.from({ length: copies }, (_, copy) => {
      const place = places[copy * probes + probe]!;
      return place === 0 ? -1 : sequence[place - 1]! % probes;
    }),
  );
}

const options = fc
  .record({
    probes: fc.integer({ min: 1, max: 60 }),
    copies: fc.integer({ min: 1, max: 7 }),
    order: fc.constantFrom('shuffled' as const, 'listed' as const),
    seed: fc.nat(),
    machine: fc.string({ maxLength: 8 }),
    wanted: fc.constantFrom('rounds' as const, 'none' as const, 'number' as const),
    share: fc.double({ min: 0, max: 1, noNaN: true }),
  })
  .map(({ wanted, share, ...rest }) => {
    const most = Math.floor(rest.probes / 2);
    const number = Math.max(1, Math.round(share * most));
    const spread: Spread = wanted !== 'number' ? wanted : most === 0 ? 'rounds' : number;
    return { ...rest, spread };
  });

describe('an order of sending', () => {
  it('sends each copy once, and the copies of a probe in their order', () => {
    fc.assert(
      fc.property(options, (given) => {
        const { sequence, places } = sendOrder(given);
        expect([...sequence].sort((a, b) => a - b)).toEqual([...sequence.keys()]);
        for (const [index, place] of places.entries()) expect(sequence[place]).toBe(index);
        for (const own of placesByProbe({ places }, given.probes))
          expect(own).toEqual([...own].sort((a, b) => a - b));
      }),
    );
  });

  it('keeps copies as far apart as its spread says', () => {
    fc.assert(
      fc.property(options, (given) => {
        const { probes, spread } = given;
        const least = spread === 'none' ? 1 : spread === 'rounds' ? Math.ceil(probes / 2) : spread;
        for (const own of placesByProbe(sendOrder(given), probes))
          for (const [copy, place] of own.entries()) {
            if (copy === 0) continue;
            const distance = place - own[copy - 1]!;
            if (spread === 'none') expect(distance).toBe(1);
            else expect(distance).toBeGreaterThanOrEqual(least);
          }
      }),
    );
  });

  it('follows from the seed and the machine', () => {
    expect(of({})).toEqual(of({}));
    expect(of({ seed: 2 }).sequence).not.toEqual(of({}).sequence);
    expect(of({ machine: 'other' }).sequence).not.toEqual(of({}).sequence);
  });

  it('is the list, round by round, where that is asked for, whatever the machine', () => {
    const listed = of({ order: 'listed', machine: 'other' });
    expect([...listed.sequence]).toEqual([...listed.sequence.keys()]);
  });

  it('back to back is the list with each probe so many times', () => {
    const { sequence } = of({ order: 'listed', spread: 'none', probes: 3, copies: 2 });
    expect([...sequence]).toEqual([0, 3, 1, 4, 2, 5]);
  });

  it('lets a probe follow others with each copy when it is shuffled, and the same one when it is not', () => {
    const different = (order: 'shuffled' | 'listed') =>
      predecessors(of({ order }), base.probes, base.copies).map((before) => new Set(before).size);
    expect(Math.min(...different('shuffled'))).toBeGreaterThan(2);
    // The first of the list has nothing before it, and then the last.
    expect(different('listed')).toEqual([2, ...Array.from({ length: base.probes - 1 }, () => 1)]);
  });

  it('puts no probe at a place more often than at another', () => {
    const places = Array.from({ length: 400 }, (_, seed) => of({ seed }).places[0]!);
    const mean = places.reduce((sum, place) => sum + place, 0) / places.length;
    // Uniform over 0..39: 19.5, with a standard error of 0.58.
    expect(Math.abs(mean - 19.5)).toBeLessThan(3);
    expect(new Set(places).size).toBe(40);
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { countScale, roundTicks } from '../../../src/report/svg/scale.js';

const counts = fc.array(fc.integer({ min: 0, max: 1e9 }), { maxLength: 12 });

describe('countScale', () => {
  it('is linear while counts are of one size, logarithmic when they differ by orders of magnitude', () => {
    expect(countScale([3, 0, 40]).kind).toBe('linear');
    expect(countScale([3, 0, 40_000]).kind).toBe('log');
  });

  it('shows zero at the foot and one clearly above it', () => {
    const scale = countScale([1, 0, 1_000_000]);
    expect(scale.position(0)).toBe(0);
    expect(scale.position(1)).toBeGreaterThan(0.05);
    expect(scale.ticks[0]).toEqual({ value: 0, label: '0' });
  });

  it('keeps order and stays on the axis for any counts', () => {
    fc.assert(
      fc.property(counts, (values) => {
        const scale = countScale(values);
        const positions = [...values].sort((a, b) => a - b).map((value) => scale.position(value));
        for (const position of positions) {
          expect(position).toBeGreaterThanOrEqual(0);
          expect(position).toBeLessThanOrEqual(1 + 1e-9);
        }
        expect(positions).toEqual([...positions].sort((a, b) => a - b));
      }),
    );
  });
});

describe('roundTicks', () => {
  it('covers the largest value with few round steps', () => {
    expect(roundTicks(0.76, 4)).toEqual([0, 0.2, 0.4, 0.6, 0.8]);
    expect(roundTicks(6.16, 4)).toEqual([0, 2, 4, 6, 8]);
    expect(roundTicks(0, 4)).toEqual([0]);
    fc.assert(
      fc.property(fc.double({ min: 1e-6, max: 1e9, noNaN: true }), (max) => {
        const ticks = roundTicks(max, 4);
        expect(ticks.at(-1)!).toBeGreaterThanOrEqual(max * (1 - 1e-9));
        expect(ticks.length).toBeLessThanOrEqual(6);
      }),
    );
  });
});

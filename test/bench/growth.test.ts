import fc from 'fast-check';
import { expect, test } from 'vitest';
import { exponent } from '../../bench/growth/fit.js';

test('the exponent of a power law is found, whatever its factor', () => {
  const positive = fc.double({ min: 1e-3, max: 1e3, noNaN: true });
  fc.assert(
    fc.property(fc.double({ min: -3, max: 3, noNaN: true }), positive, (power, factor) => {
      const points = [1, 4, 16, 50].map((x) => ({ x, y: factor * x ** power }));
      expect(exponent(points)).toBeCloseTo(power, 6);
    }),
  );
});

test('what does not grow has exponent 0; one size has none', () => {
  expect(exponent([1, 2, 3].map((x) => ({ x, y: 5 })))).toBeCloseTo(0);
  expect(() => exponent([{ x: 2, y: 1 }])).toThrow(RangeError);
  expect(() => exponent([1, 2].map((x) => ({ x, y: 0 })))).toThrow(RangeError);
});

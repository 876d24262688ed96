import fc from 'fast-check';
import { expect, it } from 'vitest';
import { wilsonInterval } from '../../src/learn/metrics.js';
import { pairedInterval } from '../../src/learn/paired-interval.js';

it.each([
  // Published: Newcombe 1998, method 10; Fagerland, Lydersen and Laake 2014, table 4.
  [{ both: 20, onlyFirst: 12, onlySecond: 2, neither: 16 }, [0.0562, 0.3292]],
  [{ both: 1, onlyFirst: 1, onlySecond: 7, neither: 12 }, [-0.5069, -0.0256]],
])('is what is published for %o', (counts, [low, high]) => {
  const interval = pairedInterval(counts);
  expect(interval[0]).toBeCloseTo(low!, 4);
  expect(interval[1]).toBeCloseTo(high!, 4);
});

const count = fc.integer({ min: 0, max: 40 });
const counts = fc
  .record({ both: count, onlyFirst: count, onlySecond: count, neither: count })
  .filter((one) => Object.values(one).some((machines) => machines > 0));

it('holds the difference, turns round with the two, and says nothing of few machines that agree', () => {
  fc.assert(
    fc.property(counts, (given) => {
      const { both, onlyFirst, onlySecond, neither } = given;
      const difference = (onlyFirst - onlySecond) / (both + onlyFirst + onlySecond + neither);
      const [low, high] = pairedInterval(given);
      expect(low).toBeGreaterThanOrEqual(-1);
      expect(high).toBeLessThanOrEqual(1);
      expect(low).toBeLessThanOrEqual(difference + 1e-12);
      expect(high).toBeGreaterThanOrEqual(difference - 1e-12);
      const turned = pairedInterval({ both, neither, onlyFirst: onlySecond, onlySecond: onlyFirst });
      expect(turned[0]).toBeCloseTo(-high, 10);
      expect(turned[1]).toBeCloseTo(-low, 10);
    }),
  );
  const [, high] = pairedInterval({ both: 5, onlyFirst: 0, onlySecond: 0, neither: 0 });
  expect(high).toBeCloseTo(1 - wilsonInterval(1, 5)[0], 10);
});

import { expect, it } from 'vitest';
import { coreSeconds } from '../../src/scenario/plan.js';

it('expects programs to start in less time than guests', () => {
  const fleet = { machines: 300, packets: 1000, restores: 0 };
  const [guests, half, programs] = [0, 0.5, 1].map((share) => coreSeconds({ ...fleet, programs: share }));
  expect(guests).toBe(coreSeconds(fleet));
  expect(half).toBeLessThan(guests!);
  expect(programs! * 3).toBeLessThan(guests!);
});

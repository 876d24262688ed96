import { expect, it } from 'vitest';
import { estimate } from '../../src/scenario/plan.js';

it('expects programs to start in less time than guests', () => {
  const fleet = { machines: 300, packets: 1000, restores: 0, jobs: 2 };
  const [guests, half, programs] = [0, 0.5, 1].map((share) => estimate({ ...fleet, programs: share }));
  expect(half).toBeLessThan(guests!);
  expect(programs! * 3).toBeLessThan(guests!);
});

import { describe, expect, it } from 'vitest';
import { buildMatrix } from '../../src/dataset/matrix.js';
import { pairsByProbeCount } from '../../src/learn/probe-count.js';

/** Machines of one field; by machine the values that probes give. */
function matrixOf(machines: readonly (readonly number[])[]) {
  const summaries = machines.map((values, index) => ({
    ...{ machine: `m${index}`, probes: values.length, copies: 1, texts: [] },
    answers: new Uint16Array(values.length).fill(1),
    values: Float64Array.from(values),
  }));
  return buildMatrix(summaries, [{ name: 'ip.ttl', kind: 'number' }]);
}

describe('pairs told apart by the number of probes', () => {
  it('counts exactly where each probe tells one machine from the others', () => {
    // Of four machines, probe p tells machine p from the rest: k probes tell 3 + 2 + 1 … pairs.
    const matrix = matrixOf([0, 1, 2, 3].map((machine) => [0, 1, 2, 3].map((p) => (p === machine ? 1 : 0))));
    const found = pairsByProbeCount(matrix, { pairs: 100, sets: 50, seed: 1 });
    expect(found).toMatchObject({ pairs: 6, told: 6 });
    expect(found.counts).toEqual([
      { probes: 1, mean: 3, range95: [3, 3] },
      { probes: 2, mean: 5, range95: [5, 5] },
      { probes: 4, mean: 6, range95: [6, 6] },
    ]);
  });

  it('takes the mean over random sets where few probes tell', () => {
    // One probe of ten tells the only pair: a set of n has it with probability n / 10.
    const told = Array.from({ length: 10 }, (_, probe) => (probe === 4 ? 1 : 0));
    const { counts } = pairsByProbeCount(matrixOf([new Array(10).fill(0), told]), {
      ...{ pairs: 1, sets: 2000, seed: 3 },
    });
    const at = new Map(counts.map(({ mean, probes }) => [probes, mean]));
    expect(at.get(1)).toBeGreaterThan(0.07);
    expect(at.get(1)).toBeLessThan(0.13);
    expect(at.get(5)).toBeGreaterThan(0.45);
    expect(at.get(5)).toBeLessThan(0.55);
    expect(at.get(10)).toBe(1);
  });

  it('draws the pairs that were asked for, by the seed', () => {
    const matrix = matrixOf(Array.from({ length: 30 }, (_, machine) => [machine % 2, machine % 3]));
    const once = pairsByProbeCount(matrix, { pairs: 40, sets: 5, seed: 7 });
    expect(once.pairs).toBe(40);
    expect(pairsByProbeCount(matrix, { pairs: 40, sets: 5, seed: 7 })).toEqual(once);
    expect(pairsByProbeCount(matrix, { pairs: 40, sets: 5, seed: 8 }).counts).not.toEqual(once.counts);
  });

  it('tells nothing of machines that answer alike', () => {
    const found = pairsByProbeCount(
      matrixOf([
        [64, 64],
        [64, 64],
      ]),
      { pairs: 5, sets: 3, seed: 1 },
    );
    expect(found).toMatchObject({ pairs: 1, told: 0 });
  });
});

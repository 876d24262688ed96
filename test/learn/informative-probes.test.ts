import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { buildMatrix } from '../../src/dataset/matrix.js';
import { ABSENT, type MachineSummary, summaryOfProbes } from '../../src/dataset/summary.js';
import { informativeProbes } from '../../src/learn/informative-probes.js';
import { summariesOf } from '../dataset/matrix-table.js';

const fields = [
  { name: 'ip.ttl', kind: 'number' },
  { name: 'tcp.window', kind: 'number' },
] as const;

/** A probe of each kind, as eight machines answer to it. */
const answers = {
  nothing: () => [64, 1],
  half: (machine: number) => [64, machine & 1],
  otherHalf: (machine: number) => [machine & 2 ? 128 : 64, 1],
  quarters: (machine: number) => [machine & 1, machine & 2],
  one: (machine: number) => [64, machine === 5 ? 2 : 1],
  eighths: (machine: number) => [machine & 3, machine & 4],
} satisfies Record<string, (machine: number) => number[]>;

type Kind = keyof typeof answers;

function chosen(kinds: readonly Kind[], keep: number, random = 0, seed = 1) {
  const rows = Array.from({ length: 8 }, (_, machine) => kinds.map((kind) => answers[kind](machine)));
  const matrix = buildMatrix(summariesOf(fields, rows), fields);
  return informativeProbes(matrix, { probes: kinds.length, keep, random, seed });
}

describe('informativeProbes', () => {
  it('takes the probe that tells all machines apart before those that do together', () => {
    expect(chosen(['half', 'otherHalf', 'eighths', 'quarters'], 1)).toEqual([
      // Two bits by the one field, one by the other, and all 28 pairs by both.
      { probe: 2, why: 'split', pairs: 28, bits: 3 },
    ]);
  });

  it('takes what tells more apart first, and then what splits as nothing before it does', () => {
    const found = chosen(['nothing', 'half', 'half', 'one', 'otherHalf', 'quarters'], 3);
    // Nothing is left then but what shows the halves again: one of all those is drawn.
    expect(found.filter(({ why }) => why !== 'random')).toMatchObject([
      { probe: 3, why: 'split', pairs: 1 },
      { probe: 5, why: 'split', pairs: 24 },
    ]);
    expect(found).toHaveLength(3);
  });

  it('has of alike probes the first, once', () => {
    const found = chosen(['nothing', 'otherHalf', 'half', 'otherHalf', 'half'], 5, 0);
    expect(found.map(({ probe, why }) => `${probe} ${why}`)).toEqual([
      '0 random',
      '1 split',
      '2 split',
      '3 random',
      '4 random',
    ]);
  });

  it('takes for gain what shows most that is new, not what shows most', () => {
    // 0 and 1 show two bits of the three that 2 shows; 3 has one that nothing else does.
    const rows = Array.from({ length: 4 }, (_, machine) => [
      [machine, 0],
      [machine, 7],
      [machine, machine & 2],
      [0, machine & 1],
    ]);
    const matrix = buildMatrix(summariesOf(fields, rows), fields);
    const found = informativeProbes(matrix, { probes: 4, keep: 3, random: 0, seed: 1 });
    expect(found.filter(({ why }) => why !== 'random')).toEqual([
      { probe: 2, why: 'split', pairs: 6, bits: 3 },
      { probe: 3, why: 'gain', pairs: 0, bits: 1 },
    ]);
  });

  it('draws the share that is asked for by the seed, from all that are left', () => {
    const kinds = Array.from({ length: 40 }, (_, probe): Kind => (probe % 2 ? 'half' : 'nothing'));
    const numbers = (seed: number) => chosen(kinds, 10, 0.5, seed).map(({ probe }) => probe);
    expect(numbers(1)).toEqual(numbers(1));
    expect(numbers(1)).not.toEqual(numbers(2));
    expect(chosen(kinds, 10, 1).map(({ why }) => why)).toEqual(Array(10).fill('random'));
    const drawn = new Set(Array.from({ length: 40 }, (_, seed) => numbers(seed)).flat());
    expect(drawn.size).toBe(40);
  });

  it('keeps all of few probes', () => {
    expect(chosen(['half', 'nothing'], 300, 0.2).map(({ probe }) => probe)).toEqual([0, 1]);
  });

  it('does not take a value that is not known for one that differs', () => {
    const rows = [[[1, 1]], [[1, 1]], [[2, 1]]];
    const summaries = summariesOf(fields, rows, [[6], [3], [6]]);
    const matrix = buildMatrix(summaries, fields, { partial: 'missing' });
    expect(informativeProbes(matrix, { probes: 1, keep: 1, random: 0, seed: 1 })).toMatchObject([
      { probe: 0, why: 'split', pairs: 1 },
    ]);
  });
});

const value = fc.constantFrom(ABSENT, 0, 1, 2);
const table = fc
  .record({ machines: fc.integer({ min: 2, max: 9 }), probes: fc.integer({ min: 1, max: 25 }) })
  .chain(({ machines, probes }) => {
    const row = fc.array(fc.tuple(value, value), { minLength: probes, maxLength: probes });
    return fc.array(row, { minLength: machines, maxLength: machines });
  });

/** The machines that no probe of some tells apart, as groups. */
function groups(summaries: readonly MachineSummary[], probes: readonly number[]): string[] {
  const texts = summaries.map((summary) => summaryOfProbes(summary, probes).values.join(' '));
  return texts.map((text) => String(texts.indexOf(text)));
}

describe('for any answers', () => {
  const whole = (rows: [number, number][][]) => {
    const summaries = summariesOf(fields, rows);
    return { summaries, matrix: buildMatrix(summaries, fields), probes: rows[0]!.length };
  };

  it('the kept probes split every pair that all probes split, if they may be as many as it takes', () => {
    fc.assert(
      fc.property(table, fc.integer({ min: 1, max: 30 }), (rows, keep) => {
        const { summaries, matrix, probes } = whole(rows);
        const found = informativeProbes(matrix, { probes, keep, random: 0, seed: 1 });
        const splitting = found.filter(({ why }) => why === 'split');
        if (splitting.length === keep) return;
        const all = Array.from({ length: probes }, (_, probe) => probe);
        const kept = splitting.map(({ probe }) => probe);
        expect(groups(summaries, kept)).toEqual(groups(summaries, all));
        // Each is there for the pairs that it says.
        const pairs = splitting.reduce((sum, one) => sum + one.pairs, 0);
        const told = groups(summaries, all);
        const apart = told.flatMap((one, row) => told.slice(0, row).filter((other) => other !== one)).length;
        expect(pairs).toBe(apart);
      }),
    );
  });

  it('probes are kept once, as many as asked for, and more probes to keep only add to those for a reason', () => {
    fc.assert(
      fc.property(
        table,
        fc.integer({ min: 1, max: 30 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (rows, keep, random) => {
          const { matrix, probes } = whole(rows);
          const found = informativeProbes(matrix, { probes, keep, random, seed: 1 });
          expect(found.map(({ probe }) => probe)).toEqual(
            [...new Set(found.map(({ probe }) => probe))].sort((a, b) => a - b),
          );
          expect(found).toHaveLength(Math.min(keep, probes));
          const reasoned = (of: typeof found) => of.filter(({ why }) => why !== 'random');
          const more = informativeProbes(matrix, { probes, keep: keep + 3, random: 0, seed: 1 });
          expect(reasoned(more)).toEqual(expect.arrayContaining(reasoned(found)));
        },
      ),
    );
  });
});

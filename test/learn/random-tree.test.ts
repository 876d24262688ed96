import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { buildMatrix, type Matrix } from '../../src/dataset/matrix.js';
import { labelsOf } from '../../src/learn/learner.js';
import { RandomTreeGrower } from '../../src/learn/random-tree.js';
import { DifferenceFinder } from '../../src/learn/row-codes.js';
import { randomStream } from '../../src/random.js';
import { columnsOf, summariesOf } from '../dataset/matrix-table.js';

const field = [{ name: 'ip.ttl', kind: 'number' as const }];

/** A column of 12 machines that begins as given; the rest tells it from other columns. */
function column(head: readonly number[], tail: number): number[] {
  return [...head, ...Array.from({ length: 12 - head.length }, (_, bit) => (tail >> bit) & 1)];
}

/** How often, of 1000 trees on `rows`, each number of members is that of the first column asked. */
function askedFirst(columns: readonly (readonly number[])[], labels: readonly string[], rows: number) {
  const { fields, summaries } = columnsOf(columns);
  const matrix = buildMatrix(summaries, fields);
  const grower = new RandomTreeGrower(matrix, labelsOf(labels), 12);
  const random = randomStream(1, 'trees');
  const asked = new Map<number, number>();
  for (let tree = 0; tree < 1000; tree++) {
    const sample = { rows: Int32Array.from({ length: rows }, (_, row) => row), weights: null };
    const members = matrix.multiplicity[grower.grow(sample, random).column]!;
    asked.set(members, (asked.get(members) ?? 0) + 1);
  }
  return asked;
}

describe('a random tree', () => {
  const labels = Array.from({ length: 12 }, (_, row) => (row % 4 < 2 ? 'a' : 'b'));

  it.each([
    ['split no machine of the sample', [0, 0, 0, 0]],
    ['split each class evenly', [0, 1, 0, 1]],
  ])('draws on by members when the first that it draws %s', (_, useless) => {
    // 250 pairs of 250 columns without a gain, and 4 pairs of two columns with the same gain.
    const noise = Array.from({ length: 250 }, (_, tail) => column(useless, tail + 1));
    const once = column([0, 0, 1, 1], 0);
    const thrice = column([0, 0, 1, 1], 1);
    const asked = askedFirst([...noise, once, thrice, thrice, thrice], labels, 4);
    expect([...asked.keys()].sort()).toEqual([1, 3]);
    expect(asked.get(3)! / 1000).toBeGreaterThan(0.68);
    expect(asked.get(3)! / 1000).toBeLessThan(0.82);
  });
});

describe('DifferenceFinder', () => {
  function bySight(matrix: Matrix, rows: readonly number[]): number[] {
    const height = matrix.rows.length;
    const codes = (at: number) => rows.map((row) => matrix.codes[at * height + row]);
    return Array.from({ length: matrix.columns }, (_, at) => at).filter((at) => new Set(codes(at)).size > 1);
  }

  it('finds the columns in which rows differ, missing values or not', () => {
    const machine = fc.array(fc.tuple(fc.integer({ min: 1, max: 4 }), fc.constantFrom(3, 6, 6, 6)), {
      minLength: 7,
      maxLength: 7,
    });
    const samples = fc.array(fc.array(fc.nat(5), { minLength: 1 }), { minLength: 2, maxLength: 2 });
    fc.assert(
      fc.property(fc.array(machine, { minLength: 6, maxLength: 6 }), samples, (machines, asked) => {
        const summaries = summariesOf(
          field,
          machines.map((probes) => probes.map(([value]) => [value])),
          machines.map((probes) => probes.map(([, answers]) => answers)),
        );
        const matrix = buildMatrix(summaries, field, { partial: 'missing' });
        const finder = new DifferenceFinder(matrix);
        for (const rows of asked)
          expect([...finder.among(Int32Array.from(rows))]).toEqual(bySight(matrix, rows));
      }),
    );
  });
});

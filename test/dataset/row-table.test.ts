import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CompactSummary, sameRow, valueAt } from '../../src/dataset/compact-summary.js';
import { RowTable } from '../../src/dataset/row-table.js';
import { plain } from './fixtures.js';

const width = 3;
const row = fc.tuple(
  ...Array.from({ length: width }, () => fc.oneof(fc.integer({ min: -5, max: 2 }), fc.nat())),
);
const rows = fc.array(row, { minLength: 1, maxLength: 3000 });
const manyRows = Array.from({ length: 20_000 }, (_, each) => [each, -1, each % 7]);

describe('RowTable', () => {
  it('keeps each row once, and gives back what was put in', () => {
    fc.assert(
      fc.property(rows, (given) => {
        const table = new RowTable(width);
        const numbers = given.map((values) => table.add(values));
        const distinct = new Set(given.map((values) => values.join()));
        expect(table.length).toBe(distinct.size);
        for (const [place, values] of given.entries()) {
          const row = numbers[place]!;
          expect([...table.row(row)]).toEqual(values);
          expect(table.at(row, 1)).toBe(values[1]);
        }
      }),
      { numRuns: 50 },
    );
  });

  it('grows past its first blocks', () => {
    const table = new RowTable(width);
    for (const again of [0, 1])
      expect(
        manyRows.every((values, place) => table.add(values) === place),
        `pass ${again}`,
      ).toBe(true);
    expect(manyRows.every((values, row) => table.row(row).join() === values.join())).toBe(true);
  });

  it('takes a row from within an array', () => {
    const table = new RowTable(2);
    expect([0, 2, 4].map((at) => table.add([7, 8, 7, 9, 7, 8], at))).toEqual([0, 1, 0]);
  });
});

describe('CompactSummary', () => {
  it('has the values of its rows, as a summary with an array of its own', () => {
    fc.assert(
      fc.property(rows, rows, (one, other) => {
        const table = new RowTable(width);
        const of = (given: readonly (readonly number[])[]) =>
          new CompactSummary(
            'm',
            1,
            new Uint16Array(given.length),
            [],
            table,
            Uint32Array.from(given, (each) => table.add(each)),
          );
        const [a, b] = [of(one), of(other)];
        expect([...a.values]).toEqual(one.flat());
        for (let probe = 0; probe < Math.min(one.length, other.length); probe++) {
          expect(valueAt(a, probe, 2, width)).toBe(one[probe]![2]);
          const same = one[probe]!.join() === other[probe]!.join();
          expect(sameRow(a, b, probe, width)).toBe(same);
          expect(sameRow(plain(a), b, probe, width)).toBe(same);
        }
      }),
      { numRuns: 20 },
    );
  });
});

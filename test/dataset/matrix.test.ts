import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { buildMatrix, type Matrix } from '../../src/dataset/matrix.js';
import {
  ABSENT,
  type FieldSpec,
  NO_RESPONSE,
  NONDET,
  PARTIAL,
  summaryOfProbes,
} from '../../src/dataset/summary.js';
import { InputError } from '../../src/errors.js';
import { columnsOf, summariesOf } from './matrix-table.js';

const fields: FieldSpec[] = [
  { name: 'ip.ttl', kind: 'number' },
  { name: 'tcp.options.order', kind: 'text' },
];

function codes(matrix: Matrix): number[][] {
  const height = matrix.rows.length;
  return Array.from({ length: matrix.columns }, (_, column) =>
    Array.from(matrix.codes.subarray(column * height, (column + 1) * height)),
  );
}

describe('buildMatrix', () => {
  it('numbers values by first occurrence, drops constants and merges equal partitions', () => {
    const matrix = buildMatrix(
      summariesOf(fields, [
        [
          [64, 'mss'],
          [64, 'mss'],
          [NONDET, 'mss'],
        ],
        [
          [128, 'mss'],
          [64, 'mss,sack'],
          [7, 'mss'],
        ],
        [
          [64, 'mss'],
          [255, 'mss'],
          [NO_RESPONSE, 'mss'],
        ],
      ]),
      fields,
    );
    expect(matrix.rows).toEqual(['m0', 'm1', 'm2']);
    expect(codes(matrix)).toEqual([
      [0, 1, 0],
      [0, 0, 1],
      [0, 1, 2],
    ]);
    expect(matrix.totals).toEqual({ columns: 6, constant: 2, informative: 4, droppedProbes: 0 });
    expect([...matrix.multiplicity]).toEqual([2, 1, 1]);
    expect([...matrix.values]).toEqual([2, 2, 3]);
    expect(matrix.members(0)).toEqual([
      { probe: 0, field: 'ip.ttl' },
      { probe: 1, field: 'tcp.options.order' },
    ]);
  });

  it('explains a column by its values', () => {
    const table = [[[64, 'mss']], [[ABSENT, 'mss,sack']], [[NONDET, 'mss']], [[NO_RESPONSE, 'mss']]];
    const matrix = buildMatrix(summariesOf(fields, table), fields);
    expect(matrix.describeColumn(0)).toEqual({
      probe: 0,
      field: 'ip.ttl',
      values: ['64', 'absent', 'nondeterministic', 'no response'],
    });
    expect(matrix.describeColumn(1).values).toEqual(['"mss"', '"mss,sack"']);
    // The merged members have values of their own.
    const twins = buildMatrix(summariesOf(fields, [[[1, 'a']], [[2, 'b']]]), fields);
    expect([twins.describeColumn(0, 0).values, twins.describeColumn(0, 1).values]).toEqual([
      ['1', '2'],
      ['"a"', '"b"'],
    ]);
  });

  const partly = summariesOf(
    fields,
    [
      [
        [1, 'a'],
        [1, 'a'],
      ],
      [
        [PARTIAL, PARTIAL],
        [2, 'b'],
      ],
      [
        [2, 'a'],
        [2, 'a'],
      ],
    ],
    [
      [6, 6],
      [4, 6],
      [6, 6],
    ],
  );

  it('drops a probe for all machines when one answered it partially', () => {
    const matrix = buildMatrix(partly, fields);
    expect(matrix.totals).toEqual({ columns: 2, constant: 0, informative: 2, droppedProbes: 1 });
    expect(codes(matrix)).toEqual([
      [0, 1, 1],
      [0, 1, 0],
    ]);
    expect(matrix.missing).toBe(false);
  });

  it('goes by the answer counts too', () => {
    const answers = [[6], [5]];
    const matrix = buildMatrix(summariesOf(fields, [[[1, 'a']], [[2, 'b']]], answers), fields);
    expect(matrix.totals).toMatchObject({ columns: 0, droppedProbes: 1 });
  });

  it('keeps partial answers as missing values when asked; a column with one known value is constant', () => {
    const matrix = buildMatrix(partly, fields, { partial: 'missing' });
    expect(codes(matrix)).toEqual([
      [0, -1, 1],
      [0, 1, 1],
      [0, 1, 0],
    ]);
    expect(matrix.totals).toEqual({ columns: 4, constant: 1, informative: 3, droppedProbes: 0 });
    expect(matrix.missing).toBe(true);
    expect(matrix.describeColumn(0).values).toEqual(['1', '2']);
  });

  it('uses only the fields asked for', () => {
    const summaries = summariesOf(fields, [[[1, 'a']], [[2, 'a']], [[2, 'b']]]);
    const only = (field: FieldSpec) => field.kind === 'text';
    const matrix = buildMatrix(summaries, fields, { only });
    expect(matrix.members(0)).toEqual([{ probe: 0, field: 'tcp.options.order' }]);
    expect(codes(matrix)).toEqual([[0, 0, 1]]);
    expect(codes(buildMatrix(summaries, fields).select({ only }))).toEqual([[0, 0, 1]]);
  });

  it('translates dictionaries that differ between machines', () => {
    const [one] = summariesOf(fields, [[[1, 'a']]]);
    const [other] = summariesOf(fields, [[[1, 'b']]]);
    const matrix = buildMatrix([one!, { ...other!, machine: 'other' }], fields);
    expect(matrix.describeColumn(0).values).toEqual(['"a"', '"b"']);
  });

  it('is empty without machines or differences', () => {
    expect(buildMatrix([], fields).columns).toBe(0);
    expect(buildMatrix(summariesOf(fields, [[[1, 'a']], [[1, 'a']]]), fields)).toMatchObject({
      columns: 0,
      totals: { columns: 2, constant: 2, informative: 0 },
    });
  });

  it('refuses summaries that do not belong together', () => {
    const [one, two] = summariesOf(fields, [
      [[1, 'a']],
      [
        [1, 'a'],
        [1, 'a'],
      ],
    ]);
    expect(() => buildMatrix([one!, two!], fields)).toThrow(InputError);
    expect(() => buildMatrix([one!, one!], fields)).toThrow(/two summaries/);
    expect(() => buildMatrix([one!], fields.slice(1))).toThrow(InputError);
    const broken = { ...one!, values: Float64Array.from([Number.NaN, 0]) };
    expect(() => buildMatrix([broken], fields)).toThrow(/no usable value for ip.ttl/);
  });
});

describe('on any table', () => {
  const table = fc
    .record({ machines: fc.integer({ min: 1, max: 12 }), columns: fc.integer({ min: 1, max: 40 }) })
    .chain(({ machines, columns }) =>
      fc.array(
        fc.array(fc.oneof(fc.constantFrom(1, 2, ABSENT, NONDET, NO_RESPONSE), fc.nat(40)), {
          minLength: machines,
          maxLength: machines,
        }),
        { minLength: columns, maxLength: columns },
      ),
    );

  const alike = (one: readonly number[], other: readonly number[]) =>
    one.every((a, i) => one.every((b, j) => (a === b) === (other[i] === other[j])));

  it('puts every informative column where its partition is, and no other', () => {
    fc.assert(
      fc.property(table, (columns) => {
        const { fields, summaries } = columnsOf(columns);
        const matrix = buildMatrix(summaries, fields);
        const merged = codes(matrix);
        const seen = merged.flatMap((partition, column) =>
          matrix.members(column).map(({ probe }, member) => {
            expect(alike(partition, columns[probe]!)).toBe(true);
            const { values } = matrix.describeColumn(column, member);
            expect(new Set(values).size).toBe(new Set(columns[probe]).size);
            return probe;
          }),
        );
        const informative = [...columns.keys()].filter((probe) => new Set(columns[probe]).size > 1);
        expect(seen.sort((a, b) => a - b)).toEqual(informative);
        for (const [i, one] of merged.entries()) {
          for (const other of merged.slice(i + 1)) expect(alike(one, other)).toBe(false);
        }
      }),
    );
  });

  it('selects rows as if only those machines had been measured', () => {
    fc.assert(
      fc.property(table, fc.infiniteStream(fc.boolean()), (columns, coin) => {
        const { fields, summaries } = columnsOf(columns);
        const rows = [...summaries.keys()].filter(() => coin.next().value);
        const selected = buildMatrix(summaries, fields).select({ rows });
        const direct = buildMatrix(
          rows.map((row) => summaries[row]!),
          fields,
        );
        expect(codes(selected)).toEqual(codes(direct));
        expect(selected.rows).toEqual(direct.rows);
        expect(selected.totals).toEqual(rows.length > 0 ? direct.totals : selected.totals);
        for (let column = 0; column < direct.columns; column++) {
          expect(selected.members(column)).toEqual(direct.members(column));
          expect(selected.describeColumn(column)).toEqual(direct.describeColumn(column));
        }
      }),
    );
  });

  it('selects probes as if only those had been sent, under the numbers that they had', () => {
    fc.assert(
      fc.property(table, fc.infiniteStream(fc.boolean()), (columns, coin) => {
        const { fields, summaries } = columnsOf(columns);
        const kept = [...columns.keys()].filter(() => coin.next().value);
        const selected = buildMatrix(summaries, fields).select({ probes: new Set(kept) });
        const direct = buildMatrix(
          summaries.map((summary) => summaryOfProbes(summary, kept)),
          fields,
        );
        expect(codes(selected)).toEqual(codes(direct));
        expect(selected.totals).toEqual(direct.totals);
        for (let column = 0; column < direct.columns; column++)
          expect(selected.members(column)).toEqual(
            direct.members(column).map(({ field, probe }) => ({ field, probe: kept[probe]! })),
          );
        const wider = selected.select({ probes: new Set(columns.keys()) });
        expect(codes(wider)).toEqual(codes(selected));
      }),
    );
  });
});

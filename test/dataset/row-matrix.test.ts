import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CompactSummary } from '../../src/dataset/compact-summary.js';
import { buildMatrix, type Matrix, type MatrixOptions } from '../../src/dataset/matrix.js';
import { MatrixBuilder } from '../../src/dataset/matrix-builder.js';
import { matrixOfRows } from '../../src/dataset/row-matrix.js';
import { RowTable } from '../../src/dataset/row-table.js';
import {
  ABSENT,
  type FieldSpec,
  type MachineSummary,
  NO_RESPONSE,
  NONDET,
  PARTIAL,
  UNKNOWN,
} from '../../src/dataset/summary.js';

const fields: FieldSpec[] = [
  { name: 'ip.ttl', kind: 'number' },
  { name: 'tcp.options', kind: 'text' },
  { name: 'tcp.window', kind: 'number' },
];
const texts = ['M', 'M,S', 'T'];

/** The same summaries with their rows in one table. */
function compact(summaries: readonly MachineSummary[]): CompactSummary[] {
  const table = new RowTable(fields.length);
  return summaries.map(({ answers, copies, machine, probes, values }) => {
    const rows = Uint32Array.from({ length: probes }, (_, probe) => table.add(values, probe * fields.length));
    return new CompactSummary(machine, copies, answers, texts, table, rows);
  });
}

function byValues(summaries: readonly MachineSummary[], options: MatrixOptions): Matrix {
  const builder = new MatrixBuilder(fields, options);
  for (const summary of summaries) builder.add(summary);
  return builder.finish();
}

/** All that can be asked of a matrix. */
function told(matrix: Matrix) {
  const { codes, columns, missing, multiplicity, rows, totals, values } = matrix;
  const described = Array.from({ length: columns }, (_, column) => ({
    members: matrix.members(column),
    each: matrix.members(column).map((_member, place) => matrix.describeColumn(column, place)),
  }));
  return {
    codes: [...codes],
    values: [...values],
    multiplicity: [...multiplicity],
    ...{ columns, described, missing, rows, totals },
  };
}

const special = [ABSENT, NONDET, NO_RESPONSE, UNKNOWN];
/** 0..2 are values, texts among them; a whole response may be partial. */
const cell = fc.oneof(
  { weight: 6, arbitrary: fc.nat(2) },
  { weight: 1, arbitrary: fc.constantFrom(...special) },
);
const response = fc.oneof(
  { weight: 9, arbitrary: fc.array(cell, { minLength: 3, maxLength: 3 }) },
  { weight: 1, arbitrary: fc.constant([PARTIAL, PARTIAL, PARTIAL]) },
);
const machine = fc.array(response, { minLength: 4, maxLength: 4 });

function summariesOf(machines: readonly (readonly (readonly number[])[])[]): MachineSummary[] {
  return machines.map((responses, row) => ({
    ...{ machine: `m${row}`, probes: responses.length, copies: 2, texts },
    answers: Uint16Array.from(responses, (one) => (one[0] === PARTIAL ? 1 : one[0] === NO_RESPONSE ? 0 : 2)),
    values: Float64Array.from(responses.flat()),
  }));
}

describe('the matrix of rows in one table', () => {
  it.each([
    ['drop', undefined],
    ['missing', undefined],
    ['missing', ({ name }: FieldSpec) => name !== 'tcp.options'],
  ] as const)('is that of their values: %s', (partial, only) => {
    const options = { partial, ...(only && { only }) };
    fc.assert(
      fc.property(fc.array(machine, { minLength: 1, maxLength: 24 }), (machines) => {
        const plain = summariesOf(machines);
        const ofRows = matrixOfRows(compact(plain), fields, options)!;
        const expected = byValues(plain, options);
        expect(told(ofRows)).toEqual(told(expected));
        const part = {
          rows: [...machines.keys()].reverse(),
          only: (field: FieldSpec) => field.kind === 'number',
        };
        expect(told(ofRows.select(part))).toEqual(told(expected.select(part)));
      }),
    );
  });

  it('is that of their values where machines have more rows than are looked through', () => {
    const machines = Array.from({ length: 40 }, (_, row) => [[row % 37, row % 3, row >> 1]]);
    const plain = summariesOf(machines);
    expect(told(buildMatrix(compact(plain), fields))).toEqual(told(byValues(plain, {})));
  });

  it('is left to the values where summaries share no table, or do not fit each other', () => {
    const plain = summariesOf([[[1, 1, 1]], [[2, 1, 1]]]);
    const [one, other] = compact(plain) as [CompactSummary, CompactSummary];
    expect(matrixOfRows(plain, fields, {})).toBeUndefined();
    expect(matrixOfRows([one, ...compact(plain).slice(1)], fields, {})).toBeUndefined();
    expect(matrixOfRows([], fields, {})).toBeUndefined();
    expect(matrixOfRows([one, one], fields, {})).toBeUndefined();
    expect(() => buildMatrix([one, one], fields)).toThrow(/two summaries/);
    expect(matrixOfRows([one, other], fields, {})).toBeDefined();
    const odd = compact(summariesOf([[[Number.NaN, 1, 1]], [[2, 1, 1]]]));
    expect(() => buildMatrix(odd, fields)).toThrow(/no usable value for ip\.ttl of probe 0/);
  });
});

import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildMatrix, type Matrix } from '../../src/dataset/matrix.js';
import { MatrixBuilder } from '../../src/dataset/matrix-builder.js';
import { writeParquet } from '../../src/dataset/parquet.js';
import {
  ABSENT,
  type FieldSpec,
  type MachineSummary,
  NO_RESPONSE,
  NONDET,
  PARTIAL,
} from '../../src/dataset/summary.js';
import { readSummaries } from '../../src/dataset/summary-reader.js';
import { writeSummaries } from '../../src/dataset/summary-store.js';
import { InputError } from '../../src/errors.js';
import { randomStream } from '../../src/random.js';

const fields: readonly FieldSpec[] = [
  { name: 'number', kind: 'number' },
  { name: 'text', kind: 'text' },
  { name: 'rare', kind: 'number' },
];
const texts = ['', 'M,S,T', 'né', 'no response'];
const copies = 3;
let folder: string;
let path: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'summary-'));
  path = join(folder, 'summary.parquet');
});
afterAll(() => rm(folder, { recursive: true }));

/** What a probe was answered: its fields, or how many copies were. */
type Row = readonly number[] | 0 | 1;

function summaryOf(machine: string, rows: readonly Row[]): MachineSummary {
  const lacking = (row: Row) => fields.map(() => (row === 0 ? NO_RESPONSE : PARTIAL));
  return {
    ...{ machine, probes: rows.length, copies, texts },
    answers: Uint16Array.from(rows, (row) => (typeof row === 'number' ? row : copies)),
    values: Float64Array.from(rows.flatMap((row) => (typeof row === 'number' ? lacking(row) : row))),
  };
}

const anyValue = (most: number) =>
  fc.oneof(fc.constantFrom(ABSENT, NONDET), fc.integer({ min: 0, max: most }));
const anyRow: fc.Arbitrary<Row> = fc.oneof(
  { weight: 4, arbitrary: fc.tuple(anyValue(2 ** 32 - 1), anyValue(texts.length - 1), anyValue(1)) },
  { weight: 1, arbitrary: fc.constantFrom(0 as const, 1 as const) },
);

/** Values with their texts written out. */
const told = ({ answers, copies: given, machine, values, texts: words }: MachineSummary) => ({
  ...{ machine, copies: given, answers: [...answers] },
  values: Array.from(values, (value, at) => (at % fields.length === 1 && value >= 0 ? words[value] : value)),
});

const shown = (matrix: Matrix) => ({
  ...{ rows: matrix.rows, codes: matrix.codes, values: matrix.values, totals: matrix.totals },
  columns: Array.from({ length: matrix.columns }, (_, column) => [
    matrix.describeColumn(column),
    matrix.members(column),
  ]),
});

describe('reading summary.parquet', () => {
  it('gives what was written, and the matrix of it', () => {
    const few = fc.integer({ min: 1, max: 12 });
    const runs = few.chain((probes) =>
      fc.array(fc.array(anyRow, { minLength: probes, maxLength: probes }), { minLength: 1, maxLength: 5 }),
    );
    fc.assert(
      fc.property(runs, fc.constantFrom('drop' as const, 'missing' as const), (machines, partial) => {
        const summaries = machines.map((rows, place) => summaryOf(`m${place}`, rows));
        writeSummaries(path, summaries, fields);
        const builder = new MatrixBuilder(fields, { partial });
        const found = [];
        for (const { summary, condition } of readSummaries(path, fields)) {
          expect(condition).toBeUndefined();
          found.push(told(summary));
          builder.add(summary);
        }
        expect(found).toEqual(summaries.map(told));
        expect(shown(builder.finish())).toEqual(shown(buildMatrix(summaries, fields, { partial })));
      }),
      { numRuns: 60 },
    );
  });

  it('gives many probes in their order, of which fields are coded in both ways', () => {
    const random = randomStream(5, 'many');
    const row = (probe: number): Row =>
      probe % 7 === 0 ? 0 : [random.uint32(), probe % 3, probe % 11 === 0 ? ABSENT : 64];
    const machines = ['a', 'b'].map((machine) =>
      summaryOf(
        machine,
        Array.from({ length: 2000 }, (_, probe) => row(probe)),
      ),
    );
    writeSummaries(path, machines, fields, ['clean', 'lossy']);
    const found = Array.from(readSummaries(path, fields), ({ summary, condition }) => ({
      ...told(summary),
      condition,
    }));
    expect(found).toEqual([
      { ...told(machines[0]!), condition: 'clean' },
      { ...told(machines[1]!), condition: 'lossy' },
    ]);
  });

  it('refuses a damaged file, one of other fields, and one of another program', async () => {
    const all = () => Array.from(readSummaries(path, fields));
    const row: Row = [64, 1, ABSENT];
    writeSummaries(path, [summaryOf('a', [row]), summaryOf('b', [row])], fields);
    const bytes = await readFile(path);
    await writeFile(
      path,
      bytes.map((byte, at) => (at === 40 ? byte ^ 1 : byte)),
    );
    expect(all).toThrow(InputError);
    writeSummaries(path, [summaryOf('a', [row])], [...fields, { name: 'more', kind: 'number' }]);
    expect(all).toThrow('it has not the columns of a summary');
    await writeParquet(path, [
      { name: 'machine', data: ['a', 'b'], type: 'STRING' },
      ...['probe', 'answers', 'copies'].map((name) => ({ name, data: [0, 1], type: 'INT32' as const })),
      { name: 'number', data: [64n, null], type: 'INT64' },
      { name: 'text', data: ['', null], type: 'STRING' },
      { name: 'rare', data: [1n, 1n], type: 'INT64' },
    ]);
    expect(all).toThrow(InputError);
  });
});

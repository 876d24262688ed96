import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { arffLines, parseArff } from '../../src/dataset/arff.js';
import { parseCsv, splitCells } from '../../src/dataset/delimited.js';
import { buildMatrix } from '../../src/dataset/matrix.js';
import { writeParquet } from '../../src/dataset/parquet.js';
import { labelledMatrix, readTable } from '../../src/dataset/read-table.js';
import { binned } from '../../src/dataset/table.js';
import { InputError } from '../../src/errors.js';
import { rawColumns } from '../../src/scenario/learning-data.js';
import { synthesize } from '../learn/parity/synthetic.js';

const folder = mkdtempSync(join(tmpdir(), 'stackbed-table-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function file(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

const arff = `% a comment
@relation 'two words'
@attribute 'the colour' {red, 'dark blue', "it's"}
@attribute size numeric
@attribute class {yes,no}

@DATA
red,1.5,yes
'dark blue',?,no
% another
"it's",-3e2,?
?,4,yes
`;

describe('parseArff', () => {
  it('reads names, values, quotes, comments and missing values', () => {
    const { columns, rows } = parseArff(arff, 'x.arff');
    expect(rows).toBe(4);
    expect(columns).toEqual([
      { name: 'the colour', kind: 'nominal', values: ['red', 'dark blue', "it's", null] },
      { name: 'size', kind: 'numeric', values: [1.5, null, -300, 4] },
      { name: 'class', kind: 'nominal', values: ['yes', 'no', null, 'yes'] },
    ]);
  });

  it.each([
    ['a value that was not declared', 'green,1,yes', /green is not among the values of the colour/],
    ['a row that is too short', 'red,1', /2 values, and there are 3 attributes/],
    ['a number that is none', 'red,one,yes', /one is no number, and size is numeric/],
    ['a sparse row', '{0 red}', /sparse rows are not read/],
  ])('refuses %s, with its line', (_, row, message) => {
    const text = arff.replace('red,1.5,yes', row);
    const fault = (() => {
      try {
        parseArff(text, 'x.arff');
      } catch (error) {
        return error as InputError;
      }
      return undefined;
    })();
    expect(fault).toBeInstanceOf(InputError);
    expect(fault!.message).toMatch(message);
    expect(fault!.place).toEqual({ file: 'x.arff', line: 8, column: 1 });
  });

  it.each([
    ['no data', '@relation x\n@attribute a numeric\n', /has no @data/],
    ['an unknown type', '@attribute a colour\n', /colour is no type/],
    ['something else', 'a,b\n1,2\n', /expected @relation/],
  ])('refuses %s', (_, text, message) => {
    expect(() => parseArff(text, 'x.arff')).toThrow(message);
  });

  it('reads what is written, whatever the texts', () => {
    const cell = fc.oneof(fc.constant(null), fc.string({ minLength: 1, unit: 'grapheme-ascii' }));
    fc.assert(
      fc.property(fc.array(fc.tuple(cell, cell), { minLength: 1, maxLength: 8 }), (rows) => {
        const given = ['a b', "it's"].map((name, place) => ({
          name,
          values: rows.map((row) => row[place]!),
        }));
        const { columns } = parseArff([...arffLines('x', given)].join(''), 'x.arff');
        expect(columns.map(({ name, values }) => ({ name, values }))).toEqual(given);
      }),
    );
  });
});

describe('parseCsv', () => {
  it('tells numbers from names', () => {
    const { columns } = parseCsv('a,"b, c",d\n1,x,\n2.5,"y ""z""",7\n\n', 'x.csv');
    expect(columns).toEqual([
      { name: 'a', kind: 'numeric', values: [1, 2.5] },
      { name: 'b, c', kind: 'nominal', values: ['x', 'y "z"'] },
      { name: 'd', kind: 'numeric', values: [null, 7] },
    ]);
  });

  it('refuses a line of another length, and columns without a name', () => {
    expect(() => parseCsv('a,b\n1\n', 'x.csv')).toThrow(/1 cells, and there are 2 columns/);
    expect(() => parseCsv('', 'x.csv')).toThrow(/must name every column/);
  });

  it('keeps commas in quotes', () => {
    expect(splitCells('a, "b,c" ,', '"')).toEqual(['a', 'b,c', '']);
  });
});

describe('binned', () => {
  it('makes intervals of equal width that take all numbers in', () => {
    const column = { name: 'x', kind: 'numeric', values: [0, 10, 2.5, 2.6, null, 9] } as const;
    expect(binned(column, 4).values).toEqual([
      '(-inf..2.5]',
      '(7.5..inf]',
      '(-inf..2.5]',
      '(2.5..5]',
      null,
      '(7.5..inf]',
    ]);
    const same = { name: 'x', kind: 'numeric', values: [3, 3] } as const;
    expect(new Set(binned(same, 4).values).size).toBe(1);
  });
});

describe('labelledMatrix', () => {
  it('leaves out rows without a label, and keeps missing values apart', async () => {
    const table = await readTable(file('x.arff', arff));
    const { binned: bins, labels, matrix, unlabelled } = labelledMatrix(table, 'class', 2, 'x.arff');
    expect({ labels, unlabelled, bins }).toEqual({
      labels: ['yes', 'no', 'yes'],
      unlabelled: 1,
      bins: ['size'],
    });
    expect(matrix.rows).toEqual(['row 1', 'row 2', 'row 4']);
    expect([...matrix.codes]).toEqual([0, 1, -1]);
    expect(matrix.describeColumn(0)).toEqual({
      probe: 0,
      field: 'the colour',
      values: ['"red"', '"dark blue"'],
    });
  });

  it('reads Parquet, and says what columns there are', async () => {
    const path = join(folder, 'x.parquet');
    await writeParquet(path, [
      { name: 'colour', data: ['red', 'blue'], type: 'STRING' },
      { name: 'size', data: [1, 2], type: 'INT32' },
      { name: 'os', data: ['a', 'b'], type: 'STRING' },
    ]);
    const table = await readTable(path);
    expect(table.columns.map(({ kind, name }) => `${name} ${kind}`)).toEqual([
      'colour nominal',
      'size numeric',
      'os nominal',
    ]);
    expect(labelledMatrix(table, 'os', 10, path).matrix.rows).toHaveLength(2);
    expect(() => labelledMatrix(table, 'OS', 10, path)).toThrow(/has no column "OS"/);
  });

  it('refuses other files, and files that are not there', async () => {
    await expect(readTable(file('x.txt', ''))).rejects.toThrow(/no table that can be read/);
    await expect(readTable(join(folder, 'none.arff'))).rejects.toThrow(/cannot read/);
    await expect(readTable(file('bad.parquet', 'PAR1'))).rejects.toThrow(InputError);
  });
});

describe('rawColumns', () => {
  it('gives an ARFF file of the very same partitions', () => {
    const data = synthesize(4, {
      machines: 40,
      probes: 30,
      classes: 4,
      noise: 0.4,
      noisy: 0.2,
      partial: 0.1,
    });
    const matrix = buildMatrix(data.summaries, data.fields, { partial: 'missing' });
    const columns = rawColumns(matrix);
    expect(columns).toHaveLength(matrix.totals.informative);
    expect(new Set(columns.map(({ name }) => name)).size).toBe(columns.length);
    const label = { name: 'class', values: [...data.labels] };
    const table = parseArff([...arffLines('run', [...columns, label])].join(''), 'run.arff');
    const back = labelledMatrix(table, 'class', 10, 'run.arff');
    expect(back.labels).toEqual(data.labels);
    expect(back.matrix.columns).toBe(matrix.columns);
    expect(back.matrix.codes).toEqual(matrix.codes);
    expect(back.matrix.multiplicity).toEqual(matrix.multiplicity);
  });
});

import { readFile } from 'node:fs/promises';
import { extname } from 'node:path';
import { InputError } from '../errors.js';
import { parseArff } from './arff.js';
import { AttributeMatrix } from './attribute-matrix.js';
import { parseCsv } from './delimited.js';
import type { Matrix } from './matrix.js';
import { MatrixBuilder } from './matrix-builder.js';
import { readParquet } from './parquet.js';
import { type FieldSpec, UNKNOWN } from './summary.js';
import { binned, columnOf, type Table } from './table.js';
import { TextTable } from './texts.js';

/** Reads a table from .arff, .csv or .parquet. Throws InputError. */
export async function readTable(file: string): Promise<Table> {
  const kind = extname(file).toLowerCase();
  if (kind === '.parquet') {
    const { rows } = await readParquet(file);
    const names = Object.keys(rows[0] ?? {});
    const columns = names.map((name) => {
      const cells = rows.map((row) => row[name] ?? null);
      const numeric = cells.every(
        (cell) => cell === null || typeof cell === 'number' || typeof cell === 'bigint',
      );
      const value = (cell: unknown) => (cell === null ? null : numeric ? Number(cell) : String(cell));
      return { name, kind: numeric ? ('numeric' as const) : ('nominal' as const), values: cells.map(value) };
    });
    return { rows: rows.length, columns };
  }
  if (kind !== '.arff' && kind !== '.csv')
    throw new InputError(`${file} is no table that can be read`, {
      remedy: 'give a file whose name ends in .arff, .csv or .parquet',
    });
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    throw new InputError(`cannot read ${file}: ${(error as Error).message}`, { cause: error });
  }
  return kind === '.arff' ? parseArff(text, file) : parseCsv(text, file);
}

/** Each may have a code of its own. */
const mostRows = 0x7fff;

export interface LabelledMatrix {
  /** Numeric columns in bins, equal partitions merged. */
  readonly matrix: Matrix;
  /**
   * The same rows with their numbers, for learners that take them; undefined for a table without any that is wider
   * than long, and for one of so many rows that their codes might not fit.
   */
  readonly attributes: Matrix | undefined;
  readonly labels: readonly string[];
  /** Names of numeric columns that were put into bins. */
  readonly binned: readonly string[];
  /** Rows left out because they have no label. */
  readonly unlabelled: number;
}

/**
 * The matrix of a table, a field a column, all of one probe.
 * @param bins intervals of a numeric column
 * @throws InputError when there is no column `label`, or nothing is left
 */
export function labelledMatrix(table: Table, label: string, bins: number, file: string): LabelledMatrix {
  const truth = columnOf(table, label, file);
  const rows = [...truth.values.keys()].filter((row) => truth.values[row] !== null);
  const columns = table.columns.filter((column) => column !== truth);
  if (columns.length === 0) throw new InputError(`${file} has no column beside the label "${label}"`);
  const coded = columns.map((column) => binned(column, bins));
  const fields: FieldSpec[] = coded.map(({ name }) => ({ name, kind: 'text' }));
  const texts = new TextTable();
  const builder = new MatrixBuilder(fields);
  for (const row of rows) {
    const values = Float64Array.from(coded, ({ values: own }) => {
      const value = own[row];
      return value === null || value === undefined ? UNKNOWN : texts.index(String(value));
    });
    builder.add({
      machine: `row ${row + 1}`,
      probes: 1,
      copies: 1,
      answers: Uint16Array.of(1),
      values,
      texts: texts.texts,
    });
  }
  const numeric = columns.filter(({ kind }) => kind === 'numeric');
  const small = rows.length <= mostRows && (numeric.length > 0 || columns.length <= rows.length);
  return {
    matrix: builder.finish(),
    attributes: small ? new AttributeMatrix(columns, rows) : undefined,
    labels: rows.map((row) => String(truth.values[row])),
    binned: numeric.map(({ name }) => name),
    unlabelled: table.rows - rows.length,
  };
}

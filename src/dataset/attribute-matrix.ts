import { InputError } from '../errors.js';
import type { ColumnDescription, ColumnMember, Matrix, MatrixSelection } from './matrix.js';
import type { FieldSpec } from './summary.js';
import type { TableColumn } from './table.js';

interface Coded {
  readonly name: string;
  readonly codes: Int16Array;
  readonly values: readonly string[];
  readonly numbers: Float64Array | undefined;
}

function coded({ kind, name, values }: TableColumn, rows: readonly number[]): Coded {
  const known = rows.map((row) => values[row]!).filter((value) => value !== null);
  const distinct = [...new Set(known)];
  if (kind === 'numeric') (distinct as number[]).sort((one, other) => one - other);
  const place = new Map(distinct.map((value, code) => [value, code]));
  return {
    name,
    codes: Int16Array.from(rows, (row) => (values[row] === null ? -1 : place.get(values[row]!)!)),
    values: distinct.map(String),
    numbers: kind === 'numeric' ? Float64Array.from(distinct as number[]) : undefined,
  };
}

/**
 * A table as a matrix with a column for each attribute that has more than one value: neither merged nor, where it is
 * numeric, put into bins. Codes of a numeric column ascend with its numbers.
 */
export class AttributeMatrix implements Matrix {
  readonly rows: readonly string[];
  readonly columns: number;
  readonly codes: Int16Array;
  readonly values: Int32Array;
  readonly multiplicity: Int32Array;
  readonly missing: boolean;
  readonly numbers: readonly (Float64Array | undefined)[];
  readonly fields: readonly FieldSpec[];
  readonly totals: Matrix['totals'];
  private readonly kept: readonly Coded[];

  /** @param rows those of the table that become rows, in their order */
  constructor(
    private readonly table: readonly TableColumn[],
    private readonly from: readonly number[],
  ) {
    this.kept = table.map((column) => coded(column, from)).filter(({ values }) => values.length > 1);
    this.rows = from.map((row) => `row ${row + 1}`);
    this.columns = this.kept.length;
    this.codes = new Int16Array(this.columns * from.length);
    for (const [column, { codes }] of this.kept.entries()) this.codes.set(codes, column * from.length);
    this.values = Int32Array.from(this.kept, ({ values }) => values.length);
    this.multiplicity = new Int32Array(this.columns).fill(1);
    this.missing = this.codes.includes(-1);
    this.numbers = this.kept.map(({ numbers }) => numbers);
    this.fields = table.map(({ name }) => ({ name, kind: 'text' }));
    const constant = table.length - this.columns;
    this.totals = { columns: table.length, constant, informative: this.columns, droppedProbes: 0 };
  }

  members(column: number): ColumnMember[] {
    return [{ probe: 0, field: this.kept[column]!.name }];
  }

  describeColumn(column: number): ColumnDescription {
    return { ...this.members(column)[0]!, values: this.kept[column]!.values };
  }

  select({ only, rows }: MatrixSelection): Matrix {
    const outside = rows && Array.from(rows).find((row) => this.from[row] === undefined);
    if (outside !== undefined)
      throw new InputError(`The matrix has no row ${outside}: it has ${this.rows.length} rows.`);
    const from = rows ? Array.from(rows, (row) => this.from[row]!) : this.from;
    return new AttributeMatrix(
      this.table.filter(({ name }) => only === undefined || only({ name, kind: 'text' })),
      from,
    );
  }
}

import { InputError } from '../errors.js';
import type { ColumnDescription, ColumnMember, Matrix, MatrixSelection, MatrixTotals } from './matrix.js';
import type { FieldSpec } from './summary.js';

/** A column of one of the matrices that were joined. */
interface Part {
  readonly matrix: Matrix;
  readonly column: number;
}

class JoinedMatrix implements Matrix {
  readonly rows: readonly string[];
  readonly columns: number;
  readonly codes: Int16Array;
  readonly values: Int32Array;
  readonly multiplicity: Int32Array;
  readonly missing: boolean;
  readonly fields: readonly FieldSpec[];
  readonly totals: MatrixTotals;
  /** By column: the equal columns that it is made of, in the order of the matrices. */
  private readonly parts: readonly (readonly Part[])[];

  constructor(private readonly matrices: readonly [Matrix, ...Matrix[]]) {
    const [first] = matrices;
    this.rows = first.rows;
    this.parts = merged(matrices);
    const height = this.rows.length;
    this.columns = this.parts.length;
    this.codes = new Int16Array(this.columns * height);
    for (const [column, [part]] of this.parts.entries()) this.codes.set(codesOf(part!), column * height);
    this.values = Int32Array.from(this.parts, ([part]) => part!.matrix.values[part!.column]!);
    this.multiplicity = Int32Array.from(this.parts, (own) =>
      own.reduce((sum, { matrix, column }) => sum + matrix.multiplicity[column]!, 0),
    );
    this.missing = matrices.some(({ missing }) => missing);
    this.fields = matrices.flatMap(({ fields }) => fields);
    const total = (key: keyof MatrixTotals) => matrices.reduce((sum, { totals }) => sum + totals[key], 0);
    this.totals = {
      columns: total('columns'),
      constant: total('constant'),
      informative: total('informative'),
      droppedProbes: total('droppedProbes'),
    };
  }

  members(column: number): ColumnMember[] {
    return this.parts[column]!.flatMap((part) => part.matrix.members(part.column));
  }

  describeColumn(column: number, member = 0): ColumnDescription {
    let left = member;
    for (const { matrix, column: own } of this.parts[column]!) {
      const members = matrix.multiplicity[own]!;
      if (left < members) return matrix.describeColumn(own, left);
      left -= members;
    }
    throw new RangeError(`column ${column} has no member ${member}`);
  }

  select(selection: MatrixSelection): Matrix {
    const [first, ...others] = this.matrices;
    return joinMatrices(
      first.select(selection),
      others.map((matrix) => matrix.select(selection)),
    );
  }
}

function codesOf({ matrix, column }: Part): Int16Array {
  const height = matrix.rows.length;
  return matrix.codes.subarray(column * height, (column + 1) * height);
}

/** Columns that split the rows alike have equal codes, since codes count values as they first occur. */
function merged(matrices: readonly Matrix[]): Part[][] {
  const byCodes = new Map<string, Part[]>();
  for (const matrix of matrices)
    for (let column = 0; column < matrix.columns; column++) {
      const part = { matrix, column };
      const key = codesOf(part).join();
      const alike = byCodes.get(key);
      if (alike) alike.push(part);
      else byCodes.set(key, [part]);
    }
  return [...byCodes.values()];
}

/**
 * The columns of matrices of the same rows side by side; those that split the rows alike are one.
 *
 * @throws InputError when the rows are not the same
 */
export function joinMatrices(first: Matrix, others: readonly Matrix[]): Matrix {
  for (const { rows } of others)
    if (rows.length !== first.rows.length || rows.some((name, row) => name !== first.rows[row]))
      throw new InputError('The matrices that are to be joined are not of the same machines.');
  return new JoinedMatrix([first, ...others]);
}

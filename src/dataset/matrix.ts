import type { ColumnMember } from './column-member.js';
import { MatrixBuilder } from './matrix-builder.js';
import { matrixOfRows } from './row-matrix.js';
import type { FieldSpec, MachineSummary } from './summary.js';

export type { ColumnMember } from './column-member.js';

/** What a column asks: a field of the response to one probe, and the values that it took, by code. */
export interface ColumnDescription extends ColumnMember {
  /** Text of each code of the column, e.g. `64`, `"mss,sack"`, `absent`, `nondeterministic`, `no response`. */
  readonly values: readonly string[];
}

export interface MatrixTotals {
  /** (probe, field) pairs of the probes that were kept. */
  readonly columns: number;
  /** Of these, the ones with at most one known value; not in the matrix. */
  readonly constant: number;
  /** Of these, the ones that split the machines; they are in the matrix, merged by partition. */
  readonly informative: number;
  /** Probes left out because a machine answered only some of their copies (paper section 4.1). */
  readonly droppedProbes: number;
}

/**
 * Machines x columns of categories. A column is a *partition* of the machines: every (probe, field) pair that
 * splits them alike is a member of the same column, and the number of members is its multiplicity. Columns are
 * ordered by their first member, members by probe and then field. Codes count from 0 in the order in which the
 * values first occur down the rows, so that equal partitions have equal codes; -1 is a missing value.
 * `ABSENT`, `NONDET` and `NO_RESPONSE` are categories like any other value.
 */
export interface Matrix {
  /** Machine names, by row. */
  readonly rows: readonly string[];
  /** Number of merged columns. */
  readonly columns: number;
  /** Column-major: the code of `row` in `column` is `codes[column * rows.length + row]`; -1 is missing. */
  readonly codes: Int16Array;
  /** Number of distinct codes, by column: at least 2. */
  readonly values: Int32Array;
  /** Number of (probe, field) members, by column: at least 1. */
  readonly multiplicity: Int32Array;
  /** True when some code is -1. */
  readonly missing: boolean;
  /**
   * Given where the columns are the attributes of a table, in its order and not merged: by column the number that
   * each code stands for, ascending, or undefined where the column is nominal.
   */
  readonly numbers?: readonly (Float64Array | undefined)[];
  /** The fields that the columns were made of. */
  readonly fields: readonly FieldSpec[];
  readonly totals: MatrixTotals;
  members(column: number): ColumnMember[];
  describeColumn(column: number, member?: number): ColumnDescription;
  /** The matrix of some rows (in the order given), of some fields or of some probes; partitions are merged anew. */
  select(selection: MatrixSelection): Matrix;
}

export interface MatrixSelection {
  readonly rows?: ArrayLike<number>;
  readonly only?: (field: FieldSpec) => boolean;
  /** By number, which they keep. */
  readonly probes?: ReadonlySet<number>;
}

export interface MatrixOptions {
  /**
   * A probe of which a machine answered only some copies is left out for all machines (`drop`, the paper's
   * rule, section 4.1), or is a missing value in that machine's row (`missing`). Default `drop`.
   */
  readonly partial?: 'drop' | 'missing';
  /** The fields to use; default all. */
  readonly only?: (field: FieldSpec) => boolean;
}

/**
 * The matrix of `summaries`, one row each, in their order.
 * @throws InputError when the summaries disagree about their probes, or name a machine twice.
 */
export function buildMatrix(
  summaries: readonly MachineSummary[],
  fields: readonly FieldSpec[],
  options: MatrixOptions = {},
): Matrix {
  const ofRows = matrixOfRows(summaries, fields, options);
  if (ofRows) return ofRows;
  const builder = new MatrixBuilder(fields, options);
  for (const summary of summaries) builder.add(summary);
  return builder.finish();
}

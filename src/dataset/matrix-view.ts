import { InputError } from '../errors.js';
import { noProbe } from './column-member.js';
import type { ColumnDescription, ColumnMember, Matrix, MatrixSelection, MatrixTotals } from './matrix.js';
import type { ColumnValues } from './matrix-values.js';
import { mergePartitions } from './partition-merge.js';
import type { PartitionTrie } from './partition-trie.js';
import { type FieldSpec, valueText } from './summary.js';

/** What was gathered of summaries: everything that a matrix or a part of it can be asked for. */
export interface MatrixSource {
  /** The fields used; raw column `probe * fields.length + field`. */
  readonly fields: readonly FieldSpec[];
  readonly rows: readonly string[];
  readonly texts: readonly string[];
  /** 1 for each probe left out. */
  readonly dropped: Uint8Array;
  /** The values of a raw column by row; not asked for where they are missing. */
  column(raw: number): (row: number) => number;
}

/** What a builder gathered value by value. */
export interface TrieSource extends Omit<MatrixSource, 'column'> {
  readonly values: ColumnValues;
  /** State of each raw column in `trie`, after the last row. */
  readonly states: Int32Array;
  readonly trie: PartitionTrie;
}

/** The columns of one matrix; members are raw columns, ascending, in `[start[i], start[i + 1])` of `members`. */
export interface MergedColumns {
  readonly codes: Int16Array;
  readonly values: Int32Array;
  readonly start: Int32Array;
  readonly members: Int32Array;
}

class MatrixView implements Matrix {
  readonly rows: readonly string[];
  readonly columns: number;
  readonly codes: Int16Array;
  readonly values: Int32Array;
  readonly multiplicity: Int32Array;
  readonly missing: boolean;
  readonly totals: MatrixTotals;

  constructor(
    private readonly source: MatrixSource,
    private readonly sourceRows: Int32Array,
    readonly fields: readonly FieldSpec[],
    private readonly merged: MergedColumns,
    private readonly hasProbe: (probe: number) => boolean = () => true,
  ) {
    this.rows = Array.from(sourceRows, (row) => source.rows[row]!);
    this.codes = merged.codes;
    this.values = merged.values;
    this.columns = merged.values.length;
    this.multiplicity = merged.values.map((_, column) => merged.start[column + 1]! - merged.start[column]!);
    this.missing = merged.codes.includes(-1);
    const wanted = Array.from(source.dropped.keys()).filter(hasProbe);
    const droppedProbes = wanted.filter((probe) => source.dropped[probe] === 1).length;
    const columns = (wanted.length - droppedProbes) * fields.length;
    const informative = merged.members.length;
    this.totals = { columns, constant: columns - informative, informative, droppedProbes };
  }

  members(column: number): ColumnMember[] {
    const { members, start } = this.merged;
    return Array.from(members.subarray(start[column]!, start[column + 1]!), (raw) => this.member(raw));
  }

  describeColumn(column: number, member = 0): ColumnDescription {
    const { source, sourceRows } = this;
    const raw = this.merged.members[this.merged.start[column]! + member]!;
    const valueAt = source.column(raw);
    const values: string[] = new Array(this.values[column]!);
    for (let row = 0; row < sourceRows.length; row++) {
      const code = this.codes[column * sourceRows.length + row]!;
      if (code < 0 || values[code] !== undefined) continue;
      values[code] = this.text(raw, valueAt(sourceRows[row]!));
    }
    return { ...this.member(raw), values };
  }

  select(selection: MatrixSelection): Matrix {
    const rows = selection.rows ? Int32Array.from(selection.rows) : Int32Array.from(this.rows.keys());
    const outside = rows.find((row) => row < 0 || row >= this.rows.length);
    if (outside !== undefined)
      throw new InputError(`The matrix has no row ${outside}: it has ${this.rows.length} rows.`);
    const only = selection.only ?? (() => true);
    const names = new Set(this.fields.filter(only).map((field) => field.name));
    const wanted = Uint8Array.from(this.source.fields, (field) => (names.has(field.name) ? 1 : 0));
    const width = this.source.fields.length;
    const { probes } = selection;
    const hasProbe = probes ? (probe: number) => probes.has(probe) && this.hasProbe(probe) : this.hasProbe;
    const keep = (raw: number) => wanted[raw % width] === 1 && hasProbe(Math.floor(raw / width));
    return new MatrixView(
      this.source,
      rows.map((row) => this.sourceRows[row]!),
      this.fields.filter(only),
      mergePartitions(this.merged, this.rows.length, rows, keep),
      hasProbe,
    );
  }

  private member(raw: number): ColumnMember {
    const width = this.source.fields.length;
    const { name, whole } = this.source.fields[raw % width]!;
    return { probe: whole ? noProbe : Math.floor(raw / width), field: name };
  }

  private text(raw: number, value: number): string {
    const { fields, texts } = this.source;
    return valueText(fields[raw % fields.length]!, value, texts);
  }
}

/** The whole matrix of a source. */
export function viewOf(source: MatrixSource, merged: MergedColumns): Matrix {
  return new MatrixView(source, Int32Array.from(source.rows.keys()), source.fields, merged);
}

/** The whole matrix of what a builder gathered: columns of one trie state are one partition. */
export function matrixOf(source: TrieSource): Matrix {
  const { dropped, fields, states, trie, values } = source;
  const { count, first } = trie.states;
  const columnOf = new Int32Array(count).fill(-1);
  const found: number[] = [];
  const sizes: number[] = [];
  const informative = (raw: number) =>
    dropped[Math.floor(raw / fields.length)] === 0 && values.count(raw) > 1 ? states[raw]! - first : -1;
  let total = 0;
  for (let raw = 0; raw < states.length; raw++) {
    const state = informative(raw);
    if (state < 0) continue;
    total++;
    if (columnOf[state]! < 0) {
      columnOf[state] = found.push(raw) - 1;
      sizes.push(0);
    }
    sizes[columnOf[state]!]!++;
  }
  const start = new Int32Array(found.length + 1);
  for (let column = 0; column < found.length; column++) start[column + 1] = start[column]! + sizes[column]!;
  const members = new Int32Array(total);
  const place = start.slice();
  for (let raw = 0; raw < states.length; raw++) {
    const state = informative(raw);
    if (state >= 0) members[place[columnOf[state]!]!++] = raw;
  }
  const rows = source.rows.length;
  const codes = new Int16Array(found.length * rows);
  for (const [column, raw] of found.entries()) trie.trace(states[raw]!, codes, column * rows);
  const merged = { codes, values: Int32Array.from(found, (raw) => values.count(raw)), start, members };
  const column = (raw: number) => {
    const own = new Int16Array(rows);
    trie.trace(states[raw]!, own, 0);
    return (row: number) => values.value(raw, own[row]!);
  };
  return viewOf({ ...{ fields, rows: source.rows, texts: source.texts, dropped }, column }, merged);
}

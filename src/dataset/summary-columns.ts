import { CompactSummary } from './compact-summary.js';
import { type EncodedColumn, encodeColumn, encodeOrdinals } from './encoded-column.js';
import { ABSENT, type FieldSpec, type MachineSummary, NONDET } from './summary.js';

const unused = -1;

/** Numbers the distinct values of a column in the order in which they first occur. */
class Coder {
  private places = new Int32Array(1 << 10).fill(unused);
  private values = new Float64Array(1 << 9);
  private size = 0;

  code(value: number): number {
    const mask = this.places.length - 1;
    const mixed = Math.imul(value ^ (value / 65_536), 0x9e37_79b1);
    let place = (mixed ^ (mixed >>> 15)) & mask;
    for (; ; place = (place + 1) & mask) {
      const known = this.places[place]!;
      if (known === unused) break;
      if (this.values[known] === value) return known;
    }
    if (this.size === this.values.length) {
      this.grow();
      return this.code(value);
    }
    this.places[place] = this.size;
    this.values[this.size] = value;
    return this.size++;
  }

  /** The values numbered so far, from 0 on; afterwards there are none. */
  finish(): Float64Array {
    const all = this.values.slice(0, this.size);
    this.places.fill(unused);
    this.size = 0;
    return all;
  }

  private grow(): void {
    const values = this.values.subarray(0, this.size);
    this.values = new Float64Array(2 * values.length);
    this.places = new Int32Array(4 * values.length).fill(unused);
    this.size = 0;
    for (const value of values) this.code(value);
  }
}

/** A machine's rows of `summary.parquet` as columns of a row group, without expanding them. */
export function encodeSummary(
  summary: MachineSummary,
  fields: readonly FieldSpec[],
  condition?: string,
): EncodedColumn[] {
  const { answers, copies, machine, probes, texts } = summary;
  const coder = new Coder();
  const column = (name: string, at: (probe: number) => number) =>
    encodeColumn(name, 'INT32', coded(coder, probes, at), false);
  const text = (name: string, value: string) => {
    const codes = new Int32Array(probes);
    return encodeColumn(name, 'BYTE_ARRAY', { codes, dictionary: [value] }, false);
  };
  const value = valuesOf(summary, fields.length);
  return [
    text('machine', machine),
    ...(condition === undefined ? [] : [text('condition', condition)]),
    encodeOrdinals('probe', probes),
    column('answers', (probe) => answers[probe]!),
    column('copies', () => copies),
    ...fields.map(({ name, kind }, field) => {
      const { codes, dictionary } = coded(coder, probes, (probe) => value(probe, field));
      if (kind !== 'text') return encodeColumn(name, 'INT64', { codes, dictionary }, true);
      const words = Array.from(dictionary, (code) => (code === NONDET ? 'NONDET' : texts[code]!));
      return encodeColumn(name, 'BYTE_ARRAY', { codes, dictionary: words }, true);
    }),
  ];
}

function valuesOf(summary: MachineSummary, width: number): (probe: number, field: number) => number {
  if (!(summary instanceof CompactSummary)) {
    const { values } = summary;
    return (probe, field) => values[probe * width + field]!;
  }
  const { rows, table } = summary;
  return (probe, field) => table.at(rows[probe]!, field);
}

function coded(
  coder: Coder,
  rows: number,
  at: (row: number) => number,
): { codes: Int32Array; dictionary: Float64Array } {
  const codes = new Int32Array(rows);
  let last = Number.NaN;
  let code = unused;
  for (let row = 0; row < rows; row++) {
    const value = at(row);
    if (value !== last) {
      last = value;
      code = value > ABSENT || value === NONDET ? coder.code(value) : unused;
    }
    codes[row] = code;
  }
  return { codes, dictionary: coder.finish() };
}

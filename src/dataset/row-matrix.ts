import { CompactSummary } from './compact-summary.js';
import type { Matrix, MatrixOptions } from './matrix.js';
import { viewOf } from './matrix-view.js';
import { PartitionSet } from './partition-set.js';
import { type FieldSpec, type MachineSummary, PARTIAL, UNKNOWN } from './summary.js';

/** Codes are 16-bit, and a column has at most a code a row. */
const mostRows = 0x7fff;

/** True when the summaries are numbers of rows of one table, so that equal responses have equal numbers. */
function shareRows(summaries: readonly MachineSummary[]): summaries is readonly CompactSummary[] {
  const [first] = summaries;
  return (
    first instanceof CompactSummary &&
    summaries.length <= mostRows &&
    new Set(summaries.map(({ machine }) => machine)).size === summaries.length &&
    summaries.every(
      (one) =>
        one instanceof CompactSummary &&
        one.table === first.table &&
        one.texts === first.texts &&
        one.probes === first.probes,
    )
  );
}

/**
 * The matrix of summaries whose rows lie in one table, the same as that of their values: machines are told apart by the
 * number of the row, once a probe, and a field then only maps few rows to its values. Undefined where the summaries
 * are not of this kind, or do not fit each other.
 */
export function matrixOfRows(
  summaries: readonly MachineSummary[],
  fields: readonly FieldSpec[],
  { only = () => true, partial = 'drop' }: MatrixOptions,
): Matrix | undefined {
  if (!shareRows(summaries)) return undefined;
  const [{ probes, table, texts }] = summaries as readonly [CompactSummary];
  const kept = fields.flatMap((field, index) => (only(field) ? [index] : []));
  const dropped = new Uint8Array(probes);
  const set = new PartitionSet(summaries.length);
  const rows = new ProbeRows(summaries);
  const codeOf = new Int16Array(summaries.length);
  for (let probe = 0; probe < probes; probe++) {
    const isPartial = rows.read(probe);
    if (isPartial && partial !== 'missing') {
      dropped[probe] = 1;
      continue;
    }
    for (const [place, field] of kept.entries()) {
      const count = codesOf(rows, field, codeOf);
      if (count === undefined) return undefined;
      if (count > 1) set.add(probe * kept.length + place, count, rows.local, codeOf);
    }
  }
  return viewOf(
    {
      fields: kept.map((index) => fields[index]!),
      rows: summaries.map(({ machine }) => machine),
      ...{ texts, dropped },
      column(raw) {
        const probe = Math.floor(raw / kept.length);
        const field = kept[raw % kept.length]!;
        return (row) => table.at(summaries[row]!.rows[probe]!, field);
      },
    },
    set.merged(),
  );
}

/** The rows that machines have for one probe, numbered as they first occur. */
class ProbeRows {
  /** By machine: the number of its row, -1 where it is not known. */
  readonly local: Int16Array;
  count = 0;
  /** The rows one after the other, `width` values each. */
  readonly values: Float64Array;
  readonly width: number;
  private readonly number: Int16Array;
  private readonly seen: Int32Array;

  constructor(private readonly summaries: readonly CompactSummary[]) {
    const { table } = summaries[0]!;
    this.width = table.width;
    this.values = new Float64Array(summaries.length * table.width);
    this.local = new Int16Array(summaries.length);
    this.number = new Int16Array(table.length);
    this.seen = new Int32Array(table.length).fill(-1);
  }

  /** Takes up a probe; true when some machine answered only some of its copies. */
  read(probe: number): boolean {
    const { local, number, seen, summaries, values, width } = this;
    const { table } = summaries[0]!;
    let isPartial = false;
    this.count = 0;
    for (let machine = 0; machine < summaries.length; machine++) {
      const { answers, copies, rows } = summaries[machine]!;
      const row = rows[probe]!;
      const answered = answers[probe]!;
      if (answered > 0 && answered < copies) {
        isPartial = true;
        local[machine] = -1;
        continue;
      }
      if (seen[row] !== probe) {
        seen[row] = probe;
        table.copyRow(row, values, this.count * width);
        number[row] = this.count++;
      }
      local[machine] = number[row]!;
    }
    return isPartial;
  }
}

/** Up to so many rows it is quicker to look through them than to look up. */
const fewRows = 16;

/** Writes the code of each row's value of a field, and tells how many there are; undefined for a value that is none. */
function codesOf(rows: ProbeRows, field: number, codes: Int16Array): number | undefined {
  const { count, values, width } = rows;
  const known = count > fewRows ? new Map<number, number>() : undefined;
  let next = 0;
  for (let row = 0; row < count; row++) {
    const value = values[row * width + field]!;
    if (Number.isNaN(value) || value === PARTIAL) return undefined;
    let code = -1;
    if (value !== UNKNOWN) {
      if (known) code = known.get(value) ?? -1;
      // The first row with the same value has its code.
      else
        for (let before = 0; before < row && code < 0; before++)
          if (values[before * width + field] === value) code = codes[before]!;
      if (code < 0) {
        code = next++;
        known?.set(value, code);
      }
    }
    codes[row] = code;
  }
  return next;
}

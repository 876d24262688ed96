import { createHash } from 'node:crypto';
import { CompactSummary } from './compact-summary.js';
import type { RowTable } from './row-table.js';
import { type FieldSpec, type MachineSummary, NONDET } from './summary.js';

/**
 * SHA-256, hex, of a dataset's meaning: for each machine in the order of names, for each probe, the copies
 * answered and each field's value, texts written out. Free of times, file layout and dictionary order.
 */
export function datasetDigest(summaries: readonly MachineSummary[], fields: readonly FieldSpec[]): string {
  const hash = createHash('sha256');
  hash.update(`${fields.map((field) => field.name).join(' ')}\n`);
  const ordered = [...summaries].sort((a, b) => (a.machine < b.machine ? -1 : 1));
  const lines = new Lines(fields);
  for (const summary of ordered) {
    hash.update(`${summary.machine} ${summary.probes} ${summary.copies}\n`);
    const lineOf = lines.of(summary);
    for (let probe = 0; probe < summary.probes; probe++)
      hash.update(`${summary.answers[probe]!} ${lineOf(probe)}\n`);
  }
  return hash.digest('hex');
}

/** Rows of summaries as text, each written once where summaries share a table. */
class Lines {
  private readonly known = new Map<RowTable, string[]>();

  constructor(private readonly fields: readonly FieldSpec[]) {}

  of(summary: MachineSummary): (probe: number) => string {
    const width = this.fields.length;
    const { texts } = summary;
    if (!(summary instanceof CompactSummary)) {
      const { values } = summary;
      return (probe) => this.line(values, probe * width, texts);
    }
    const { rows, table } = summary;
    const lines = this.known.get(table) ?? [];
    this.known.set(table, lines);
    return (probe) => {
      const row = rows[probe]!;
      lines[row] ??= this.line(table.row(row), 0, texts);
      return lines[row];
    };
  }

  private line(values: Float64Array, at: number, texts: readonly string[]): string {
    return this.fields
      .map(({ kind }, index) => {
        const value = values[at + index]!;
        if (kind === 'text' && value >= 0) return JSON.stringify(texts[value]);
        return value === NONDET ? 'N' : value;
      })
      .join(' ');
  }
}

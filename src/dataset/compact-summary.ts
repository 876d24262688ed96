import type { RowTable } from './row-table.js';
import type { MachineSummary } from './summary.js';

/**
 * A summary whose rows lie in a table that it shares with others: four bytes a probe are its own. `values` is made at
 * each call, probes x fields doubles: take it once for a machine, or ask for single values by {@link valueAt}.
 */
export class CompactSummary implements MachineSummary {
  constructor(
    readonly machine: string,
    readonly copies: number,
    readonly answers: Uint16Array,
    readonly texts: readonly string[],
    readonly table: RowTable,
    /** By probe: the number of its row. */
    readonly rows: Uint32Array,
  ) {}

  get probes(): number {
    return this.rows.length;
  }

  get values(): Float64Array {
    const { rows, table } = this;
    const all = new Float64Array(rows.length * table.width);
    for (const [probe, row] of rows.entries()) table.copyRow(row, all, probe * table.width);
    return all;
  }
}

/** The same summary under another name. */
export function renamed(summary: CompactSummary, machine: string): CompactSummary;
export function renamed(summary: MachineSummary, machine: string): MachineSummary;
export function renamed(summary: MachineSummary, machine: string): MachineSummary {
  if (!(summary instanceof CompactSummary)) return { ...summary, machine };
  const { answers, copies, rows, table, texts } = summary;
  return new CompactSummary(machine, copies, answers, texts, table, rows);
}

/** The value of a field, by its place among `fields` values a probe. */
export function valueAt(summary: MachineSummary, probe: number, field: number, fields: number): number {
  return summary instanceof CompactSummary
    ? summary.table.at(summary.rows[probe]!, field)
    : summary.values[probe * fields + field]!;
}

/** True when two summaries with the same texts have the same values for a probe. */
export function sameRow(one: MachineSummary, other: MachineSummary, probe: number, fields: number): boolean {
  if (one instanceof CompactSummary && other instanceof CompactSummary && one.table === other.table)
    return one.rows[probe] === other.rows[probe];
  for (let field = 0; field < fields; field++)
    if (valueAt(one, probe, field, fields) !== valueAt(other, probe, field, fields)) return false;
  return true;
}

import { CompactSummary } from './compact-summary.js';
import { RowTable } from './row-table.js';
import type { FieldSpec, MachineSummary } from './summary.js';
import { TextTable } from './texts.js';

/** Summaries of several tables and texts as rows of one table, so that equal rows have equal numbers. */
export function sharedRows(
  summaries: readonly MachineSummary[],
  fields: readonly FieldSpec[],
): CompactSummary[] {
  const width = fields.length;
  const shared = new RowTable(width);
  const texts = new TextTable();
  const scratch = new Float64Array(width);
  const known = new Map<RowTable, Int32Array>();
  const add = (values: ArrayLike<number>, from: number, own: readonly string[]) => {
    for (const [field, { kind }] of fields.entries()) {
      const value = values[from + field]!;
      scratch[field] = kind === 'text' && value >= 0 ? texts.index(own[value]!) : value;
    }
    return shared.add(scratch);
  };
  return summaries.map((summary) => {
    const { answers, copies, machine, probes } = summary;
    const rows = new Uint32Array(probes);
    if (summary instanceof CompactSummary) {
      const { table } = summary;
      const numbers = known.get(table) ?? new Int32Array(table.length).fill(-1);
      known.set(table, numbers);
      for (let probe = 0; probe < probes; probe++) {
        const row = summary.rows[probe]!;
        if (numbers[row]! < 0) numbers[row] = add(table.row(row), 0, summary.texts);
        rows[probe] = numbers[row]!;
      }
    } else {
      const { values } = summary;
      for (let probe = 0; probe < probes; probe++) rows[probe] = add(values, probe * width, summary.texts);
    }
    return new CompactSummary(machine, copies, answers, texts.texts, shared, rows);
  });
}

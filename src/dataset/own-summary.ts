import { CompactSummary } from './compact-summary.js';
import type { RowTable } from './row-table.js';
import type { FieldSpec } from './summary.js';
import type { OwnSummary } from './summary-thread.js';
import type { TextTable } from './texts.js';

/** A summary of another thread, in the tables of a dataset. */
export function absorb(
  { machine, answers, copies, ...own }: OwnSummary,
  fields: readonly FieldSpec[],
  texts: TextTable,
  table: RowTable,
): CompactSummary {
  const { width } = table;
  const places = own.texts.map((text) => texts.index(text));
  const ofTexts = fields.flatMap(({ kind }, field) => (kind === 'text' ? [field] : []));
  const { values } = own;
  const known = new Uint32Array(values.length / width);
  for (let row = 0; row < known.length; row++) {
    for (const field of ofTexts) {
      const value = values[row * width + field]!;
      if (value >= 0) values[row * width + field] = places[value]!;
    }
    known[row] = table.add(values, row * width);
  }
  const rows = own.rows.map((row) => known[row]!);
  return new CompactSummary(machine, copies, answers, texts.texts, table, rows);
}

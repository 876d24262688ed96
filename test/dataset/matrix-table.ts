import { ABSENT, type FieldSpec, type MachineSummary } from '../../src/dataset/summary.js';

export type Cell = number | string;

/** Summaries from a readable table: `rows[machine][probe][field]`; strings are texts, `answers` default to all. */
export function summariesOf(
  fields: readonly FieldSpec[],
  rows: readonly (readonly (readonly Cell[])[])[],
  answers?: readonly (readonly number[])[],
): MachineSummary[] {
  const texts: string[] = [];
  const place = (text: string) => (texts.includes(text) ? texts.indexOf(text) : texts.push(text) - 1);
  return rows.map((probes, machine) => ({
    machine: `m${machine}`,
    probes: probes.length,
    copies: 6,
    answers: Uint16Array.from(probes, (_, probe) => answers?.[machine]?.[probe] ?? 6),
    values: Float64Array.from(
      probes.flatMap((cells) => fields.map((_, field) => cells[field] ?? ABSENT)),
      (cell) => (typeof cell === 'string' ? place(cell) : cell),
    ),
    texts,
  }));
}

/** One field, one probe a column: `columns[column][machine]`. */
export function columnsOf(columns: readonly (readonly Cell[])[]) {
  const fields: FieldSpec[] = [
    { name: 'ip.ttl', kind: columns.some((c) => typeof c[0] === 'string') ? 'text' : 'number' },
  ];
  const machines = columns[0]?.length ?? 0;
  const rows = Array.from({ length: machines }, (_, machine) => columns.map((column) => [column[machine]!]));
  return { fields, summaries: summariesOf(fields, rows) };
}

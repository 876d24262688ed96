import { ABSENT, type FieldSpec, type MachineSummary, NONDET } from './summary.js';

/** A cell of RFC 4180; an empty text is quoted, to be none that is missing. */
function cell(text: string): string {
  return text === '' || /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** Texts as a line. */
export const csvLine = (texts: readonly string[]) => `${texts.map(cell).join(',')}\r\n`;

/** A value of a summary as a cell: empty for what is not there, -2 or NONDET where copies disagreed. */
export function csvValue({ kind }: FieldSpec, value: number, texts: readonly string[]): string {
  if (kind === 'text') return value >= 0 ? cell(texts[value]!) : value === NONDET ? 'NONDET' : '';
  return value > ABSENT || value === NONDET ? String(value) : '';
}

/**
 * The columns of `summary.parquet` as CSV (RFC 4180), a machine at a time. Empty: the field is not in the response, or there
 * is no complete one; -2, or the text NONDET: the copies disagreed.
 */
export function* csvLines(
  summaries: readonly MachineSummary[],
  fields: readonly FieldSpec[],
  conditions?: readonly string[],
): Generator<string> {
  const head = ['machine', ...(conditions ? ['condition'] : []), 'probe', 'answers', 'copies'];
  yield csvLine([...head, ...fields.map(({ name }) => name)]);
  for (const [place, { machine, probes, copies, answers, values, texts }] of summaries.entries()) {
    const named = [machine, ...(conditions ? [conditions[place]!] : [])].map(cell).join(',');
    const lines: string[] = [];
    for (let probe = 0; probe < probes; probe++) {
      const cells = fields.map((field, index) =>
        csvValue(field, values[probe * fields.length + index]!, texts),
      );
      lines.push(`${named},${probe},${answers[probe]},${copies},${cells.join(',')}\r\n`);
    }
    yield lines.join('');
  }
}

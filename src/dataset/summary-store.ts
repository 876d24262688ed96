import type { ColumnSource } from 'hyparquet-writer';
import { writeParquet } from './parquet.js';
import { ABSENT, type FieldSpec, type MachineSummary, NONDET } from './summary.js';

const notes = {
  'stackbed.rows': 'one row a machine and probe',
  'stackbed.answers': 'copies answered: 0 is silence, fewer than `copies` is partial and its fields are null',
  'stackbed.null': 'the field is not in the response, or there is no complete response',
  'stackbed.nondet': '-2, or the text NONDET: the copies disagreed about the field',
};

/**
 * Writes `summary.parquet`: machine, condition where there are any (one name a summary), probe, answers, copies,
 * then one column a field.
 */
export async function writeSummaries(
  path: string,
  summaries: readonly MachineSummary[],
  fields: readonly FieldSpec[],
  conditions?: readonly string[],
): Promise<void> {
  const rows = summaries.flatMap((summary, index) =>
    Array.from({ length: summary.probes }, (_, probe) => ({ summary, probe, index })),
  );
  const columns: ColumnSource[] = [
    { name: 'machine', data: rows.map(({ summary }) => summary.machine), type: 'STRING' },
    ...(conditions
      ? [{ name: 'condition', data: rows.map(({ index }) => conditions[index]), type: 'STRING' as const }]
      : []),
    { name: 'probe', data: rows.map(({ probe }) => probe), type: 'INT32' },
    { name: 'answers', data: rows.map(({ summary, probe }) => summary.answers[probe]!), type: 'INT32' },
    { name: 'copies', data: rows.map(({ summary }) => summary.copies), type: 'INT32' },
    ...fields.map((field, index): ColumnSource => {
      const coded = rows.map(({ summary, probe }) => summary.values[probe * fields.length + index]!);
      if (field.kind === 'text')
        return {
          name: field.name,
          type: 'STRING',
          data: coded.map((value, row) =>
            value >= 0 ? rows[row]!.summary.texts[value] : value === NONDET ? 'NONDET' : null,
          ),
        };
      return {
        name: field.name,
        type: 'INT64',
        data: coded.map((value) => (value === NONDET || value > ABSENT ? BigInt(value) : null)),
      };
    }),
  ];
  await writeParquet(path, columns, notes);
}

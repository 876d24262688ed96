import { randomBytes } from 'node:crypto';
import { renameSync, rmSync } from 'node:fs';
import type { SchemaElement } from 'hyparquet';
import { ParquetStream } from './parquet-stream.js';
import type { FieldSpec, MachineSummary } from './summary.js';
import { encodeSummary } from './summary-columns.js';

/**
 * What raw responses mean in a summary: raised whenever the same responses are summarised otherwise, so that what was
 * written before is not taken for what would be written now.
 */
export const summaryRevision = '1';

/** Footer entry of the revision. */
export const revisionKey = 'stackbed.revision';

const notes = {
  [revisionKey]: summaryRevision,
  'stackbed.rows': 'one row a machine and probe',
  'stackbed.answers': 'copies answered: 0 is silence, fewer than `copies` is partial and its fields are null',
  'stackbed.null': 'the field is not in the response, or there is no complete response',
  'stackbed.nondet': '-2, or the text NONDET: the copies disagreed about the field',
};

const required = { repetition_type: 'REQUIRED' } as const;
const optional = { repetition_type: 'OPTIONAL' } as const;
const text = { type: 'BYTE_ARRAY', converted_type: 'UTF8' } as const;
const count = { type: 'INT32' } as const;
const number = { type: 'INT64' } as const;

function schemaOf(fields: readonly FieldSpec[], conditions: boolean): SchemaElement[] {
  return [
    { name: 'machine', ...text, ...required },
    ...(conditions ? [{ name: 'condition', ...text, ...required }] : []),
    ...['probe', 'answers', 'copies'].map((name) => ({ name, ...count, ...required })),
    ...fields.map(({ name, kind }) => ({ name, ...(kind === 'text' ? text : number), ...optional })),
  ];
}

/**
 * Writes `summary.parquet`, atomically: machine, condition where there are any (one name a summary), probe, answers,
 * copies, then one column a field. A machine is a row group: no more than one is expanded at a time.
 */
export function writeSummaries(
  path: string,
  summaries: readonly MachineSummary[],
  fields: readonly FieldSpec[],
  conditions?: readonly string[],
): void {
  const temporary = `${path}.${randomBytes(4).toString('hex')}.tmp`;
  const stream = new ParquetStream(temporary, schemaOf(fields, conditions !== undefined), notes);
  try {
    for (const [place, summary] of summaries.entries()) {
      stream.appendEncoded(summary.probes, encodeSummary(summary, fields, conditions?.[place]));
    }
    stream.finish();
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  } finally {
    stream.close();
  }
}

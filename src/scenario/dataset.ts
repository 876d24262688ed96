import { join } from 'node:path';
import { datasetDigest } from '../dataset/digest.js';
import { type RawResponses, readResponses } from '../dataset/raw.js';
import { ResponseColumns } from '../dataset/response-columns.js';
import { RowTable } from '../dataset/row-table.js';
import { ShapeFields } from '../dataset/shape-fields.js';
import {
  addDeterminism,
  type CopyFields,
  type Determinism,
  type FieldReader,
  fieldsOfFrames,
  summarize,
} from '../dataset/summarize.js';
import type { MachineSummary } from '../dataset/summary.js';
import { TextTable } from '../dataset/texts.js';
import { fields } from '../probe/fields.js';
import { readFields } from '../probe/read-fields.js';
import { trialId } from './conditions.js';
import { conditionSlug } from './conditions-schema.js';
import { responseLetters } from './response-letters.js';
import type { MachineRecord, RunFolder } from './run-folder.js';

/** The derived side of a run: everything here follows from the raw responses alone. */
export interface Dataset {
  readonly summaries: readonly MachineSummary[];
  readonly determinism: Determinism;
  readonly digest: string;
  /** Per machine, the letters of `machines[].responses` in the result. */
  readonly letters: ReadonlyMap<string, string>;
}

/** Probes of which the result keeps a letter each. */
const lettersKept = 1000;

/**
 * Reads the raw responses of the measured machines, each under one condition, and summarises them; `sent` gives the
 * probes' frames to one of them. Throws InputError on damaged files.
 */
export async function readDataset(
  folder: RunFolder,
  records: readonly MachineRecord[],
  copies: number,
  sent: (record: MachineRecord) => readonly Uint8Array[],
): Promise<Dataset> {
  const texts = new TextTable();
  const rows = new RowTable(fields.length);
  const summaries: MachineSummary[] = [];
  const all: Determinism[] = [];
  const letters = new Map<string, string>();
  for (const record of records) {
    if (record.status !== 'measured') continue;
    const trial = trialId(record.id, { slug: conditionSlug(record.condition ?? '') });
    const path = folder.file(join('machines', trial, 'responses.parquet'));
    const responses = await readResponses(path, () => sent(record));
    const { summary, determinism } = summarize({
      ...{ machine: record.id, fields: fields.length, texts, rows },
      answers: fieldsOf(responses, texts),
    });
    summaries.push(summary);
    all.push(determinism);
    letters.set(record.id, responseLetters(responses, Math.min(responses.probes, lettersKept)));
  }
  return {
    summaries,
    determinism: addDeterminism(all, copies, fields.length),
    digest: datasetDigest(summaries, fields),
    letters,
  };
}

function fieldsOf(responses: RawResponses | ResponseColumns, texts: TextTable): CopyFields {
  const read: FieldReader = (frame, out, at) => readFields(frame, out, at, texts);
  return responses instanceof ResponseColumns
    ? new ShapeFields(responses, read, fields.length)
    : fieldsOfFrames(responses, read);
}

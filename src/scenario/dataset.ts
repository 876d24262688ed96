import { join } from 'node:path';
import { datasetDigest } from '../dataset/digest.js';
import { type SummarizedMachine, summarizeMachine } from '../dataset/machine-summary.js';
import { RowTable } from '../dataset/row-table.js';
import { addDeterminism, type Determinism } from '../dataset/summarize.js';
import type { MachineSummary } from '../dataset/summary.js';
import { TextTable } from '../dataset/texts.js';
import { fields } from '../probe/fields.js';
import { trialId } from './conditions.js';
import { conditionSlug } from './conditions-schema.js';
import type { MachineRecord, RunFolder } from './run-folder.js';

/** The derived side of a run: everything here follows from the raw responses alone. */
export interface Dataset {
  readonly summaries: readonly MachineSummary[];
  readonly determinism: Determinism;
  readonly digest: string;
  /** Per machine, the letters of `machines[].responses` in the result. */
  readonly letters: ReadonlyMap<string, string>;
}

export interface ReadOptions {
  readonly signal?: AbortSignal | undefined;
}

/**
 * Reads the raw responses of the measured machines, each under one condition, and summarises them; `sent` gives the
 * probes' frames to one of them. Throws InputError on damaged files.
 */
export async function readDataset(
  folder: RunFolder,
  records: readonly MachineRecord[],
  copies: number,
  sent: (record: MachineRecord) => readonly Uint8Array[],
  { signal }: ReadOptions = {},
): Promise<Dataset> {
  const texts = new TextTable();
  const rows = new RowTable(fields.length);
  const found: SummarizedMachine[] = [];
  for (const record of records) {
    if (record.status !== 'measured') continue;
    signal?.throwIfAborted();
    const trial = trialId(record.id, { slug: conditionSlug(record.condition ?? '') });
    const path = folder.file(join('machines', trial, 'responses.parquet'));
    found.push(await summarizeMachine({ machine: record.id, path }, () => sent(record), texts, rows));
  }
  const summaries = found.map(({ summary }) => summary);
  return {
    summaries,
    determinism: addDeterminism(
      found.map(({ determinism }) => determinism),
      copies,
      fields.length,
    ),
    digest: datasetDigest(summaries, fields),
    letters: new Map(found.map(({ summary, letters }) => [summary.machine, letters])),
  };
}

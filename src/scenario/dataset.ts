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

/** What a machine answered under one condition. */
export interface SummarizedTrial extends SummarizedMachine {
  readonly record: MachineRecord;
}

/** The probes' frames as their first copies went to a machine. */
export type SentTo = (record: MachineRecord) => readonly Uint8Array[];

/**
 * Reads the raw responses of those records that are measured, and summarises them, or the first `probes` of them. Throws
 * InputError on damaged files.
 */
export async function summarizeTrials(
  folder: RunFolder,
  records: readonly MachineRecord[],
  sent: SentTo,
  { signal, probes }: ReadOptions & { readonly probes?: number } = {},
): Promise<SummarizedTrial[]> {
  const texts = new TextTable();
  const rows = new RowTable(fields.length);
  const found: SummarizedTrial[] = [];
  for (const record of records) {
    if (record.status !== 'measured') continue;
    signal?.throwIfAborted();
    const trial = trialId(record.id, { slug: conditionSlug(record.condition ?? '') });
    const path = folder.file(join('machines', trial, 'responses.parquet'));
    const stored = { machine: record.id, path, probes };
    found.push({ record, ...(await summarizeMachine(stored, () => sent(record), texts, rows)) });
  }
  return found;
}

/** A dataset of machines that were summarised under one condition. */
export function datasetOf(found: readonly SummarizedMachine[], copies: number): Dataset {
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

/**
 * Reads the raw responses of the measured machines, each under one condition, and summarises them; `sent` gives the
 * probes' frames to one of them. Throws InputError on damaged files.
 */
export async function readDataset(
  folder: RunFolder,
  records: readonly MachineRecord[],
  copies: number,
  sent: SentTo,
  options: ReadOptions = {},
): Promise<Dataset> {
  return datasetOf(await summarizeTrials(folder, records, sent, options), copies);
}

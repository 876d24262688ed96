import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { datasetDigest } from '../dataset/digest.js';
import { type SummarizedMachine, summarizeMachine } from '../dataset/machine-summary.js';
import { absorb } from '../dataset/own-summary.js';
import { RowTable } from '../dataset/row-table.js';
import { addDeterminism, type Determinism } from '../dataset/summarize.js';
import type { MachineSummary } from '../dataset/summary.js';
import { summarizeInThreads, type ThreadedMachine } from '../dataset/summary-threads.js';
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
  /** Threads that read machines; default: one a processor, or none where starting them would take longer. */
  readonly threads?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Copies of probes below which one thread is done before others have begun. */
const worthThreads = 2_000_000;
const mostThreads = 8;

/**
 * Reads the raw responses of the measured machines, each under one condition, and summarises them; `sent` gives the
 * probes' frames to one of them. The dataset does not depend on the threads. Throws InputError on damaged files.
 */
export async function readDataset(
  folder: RunFolder,
  records: readonly MachineRecord[],
  copies: number,
  sent: (record: MachineRecord) => readonly Uint8Array[],
  options: ReadOptions = {},
): Promise<Dataset> {
  const machines = records
    .filter(({ status }) => status === 'measured')
    .map((record): ThreadedMachine => {
      const trial = trialId(record.id, { slug: conditionSlug(record.condition ?? '') });
      const path = folder.file(join('machines', trial, 'responses.parquet'));
      return { machine: record.id, path, sent: () => sent(record) };
    });
  const found: SummarizedMachine[] = [];
  for await (const machine of summarized(machines, copies, options)) found.push(machine);
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

async function* summarized(
  machines: readonly ThreadedMachine[],
  copies: number,
  { signal, threads = threadsFor(machines, copies) }: ReadOptions,
): AsyncGenerator<SummarizedMachine> {
  const texts = new TextTable();
  const rows = new RowTable(fields.length);
  if (threads < 2 || machines.length < 2)
    for (const machine of machines) {
      signal?.throwIfAborted();
      yield await summarizeMachine(machine, machine.sent, texts, rows);
    }
  else
    for await (const own of summarizeInThreads(machines, threads, signal)) {
      // Not all of it: its rows are in the table now.
      const { determinism, letters } = own;
      yield { summary: absorb(own, fields, texts, rows), determinism, letters };
    }
}

function threadsFor(machines: readonly ThreadedMachine[], copies: number): number {
  const probes = machines[0]?.sent().length ?? 0;
  const most = Math.min(availableParallelism(), mostThreads);
  return machines.length * probes * copies < worthThreads ? 0 : most;
}

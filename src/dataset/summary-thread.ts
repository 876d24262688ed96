// A thread that summarises machines, one at a time.
import { type MessagePort, parentPort } from 'node:worker_threads';
import { InputError } from '../errors.js';
import { fields } from '../probe/fields.js';
import { type StoredMachine, summarizeMachine } from './machine-summary.js';
import { RowTable } from './row-table.js';
import type { Determinism } from './summarize.js';
import { TextTable } from './texts.js';

export interface ThreadJob extends StoredMachine {
  /** Number of the set of frames that the machine was sent. */
  readonly set: number;
  /** The set, when the thread does not have it yet: frames one behind the other in shared memory, and their ends. */
  readonly frames?: { readonly set: number; readonly bytes: Uint8Array; readonly ends: Uint32Array };
}

/** A summary with tables of its own, as it goes from thread to thread. */
export interface OwnSummary {
  readonly machine: string;
  readonly copies: number;
  readonly answers: Uint8Array;
  /** By probe: the number of its row in `values`. */
  readonly rows: Uint32Array;
  readonly values: Float64Array;
  readonly texts: readonly string[];
  readonly determinism: Determinism;
  readonly letters: string;
}

/** What comes back: a summary, or what a person is to be told of the machine's files. */
export type ThreadAnswer =
  | { readonly summary: OwnSummary }
  | { readonly message: string; readonly remedy: string | undefined };

const sets = new Map<number, readonly Uint8Array[]>();

async function summaryOf({ machine, path, set, frames }: ThreadJob): Promise<OwnSummary> {
  if (frames) {
    const { bytes, ends } = frames;
    const frame = (end: number, probe: number) => bytes.subarray(ends[probe - 1] ?? 0, end);
    sets.set(set, Array.from(ends, frame));
  }
  const texts = new TextTable();
  const table = new RowTable(fields.length);
  const { summary, ...more } = await summarizeMachine({ machine, path }, () => sets.get(set)!, texts, table);
  const { answers, copies, rows } = summary;
  const values = table.values.slice(0, table.length * table.width);
  return { machine, answers, copies, rows, values, texts: texts.texts, ...more };
}

async function serve(port: MessagePort, job: ThreadJob): Promise<void> {
  try {
    const summary = await summaryOf(job);
    const buffers = [summary.answers.buffer, summary.rows.buffer, summary.values.buffer];
    port.postMessage({ summary } satisfies ThreadAnswer, buffers as ArrayBuffer[]);
  } catch (error) {
    // All else is a bug: it ends the thread and reaches the run as it is.
    if (!(error instanceof InputError)) throw error;
    port.postMessage({ message: error.message, remedy: error.remedy } satisfies ThreadAnswer);
  }
}

const port = parentPort;
port?.on('message', (job: ThreadJob) => void serve(port, job));

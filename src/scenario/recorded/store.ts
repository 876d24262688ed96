import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { writeFileAtomic } from '../../atomic-file.js';
import type { SummarizedMachine } from '../../dataset/machine-summary.js';
import { readParquet, unreadable, writeParquet } from '../../dataset/parquet.js';
import { readSharedResponses, writeSharedResponses } from '../../dataset/shared-responses.js';
import type { Determinism } from '../../dataset/summarize.js';
import { InputError } from '../../errors.js';
import { fields } from '../../probe/fields.js';
import type { MachineRecord, Manifest } from '../run-folder.js';

export const recordingName = 'recorded.json';
export const trialsName = 'trials.parquet';

/** What is said of a recorded dataset, in `recorded.json`. */
export interface Recording {
  readonly schema: 'stackbed.recorded/1';
  /** Of the dataset, over all of its trials. */
  readonly digest: string;
  /** Command that recorded it. */
  readonly command: string;
  /** Of the run that it is of; its probes are those that were kept. */
  readonly manifest: Manifest;
  /** Probes that the run sent; the first `kept` of them are here. */
  readonly sent: number;
  readonly kept: number;
}

/** A machine under a condition, as it is recorded; one that failed has nothing but its record. */
export interface RecordedTrial {
  /** `machine` or `machine@condition`. */
  readonly id: string;
  readonly record: MachineRecord;
  readonly summarized?: SummarizedMachine | undefined;
}

/** Writes trials into a folder that nobody reads yet; summaries bear the ids of their trials. */
export async function writeTrials(folder: string, trials: readonly RecordedTrial[]): Promise<void> {
  const summaries = trials.flatMap(({ summarized }) => summarized?.summary ?? []);
  if (summaries.length > 0) await writeSharedResponses(folder, summaries, fields);
  const text = (name: string, of: (trial: RecordedTrial) => string) =>
    ({ name, type: 'STRING', data: trials.map(of) }) as const;
  await writeParquet(join(folder, trialsName), [
    text('trial', ({ id }) => id),
    text('record', ({ record }) => JSON.stringify(record)),
    text('letters', ({ summarized }) => summarized?.letters ?? ''),
    text('determinism', ({ summarized }) => JSON.stringify(summarized?.determinism ?? null)),
  ]);
}

/** The records of all trials, in their order. Throws InputError for a file that is missing or damaged. */
export async function readTrialRecords(
  folder: string,
): Promise<(Pick<RecordedTrial, 'id' | 'record'> & { letters: string; determinism: Determinism | null })[]> {
  const path = join(folder, trialsName);
  const { rows } = await readParquet(path);
  const decoder = new TextDecoder();
  const textOf = (value: unknown) => (value instanceof Uint8Array ? decoder.decode(value) : String(value));
  try {
    return rows.map(({ trial, record, letters, determinism }) => ({
      id: textOf(trial),
      record: JSON.parse(textOf(record)) as MachineRecord,
      letters: textOf(letters),
      determinism: JSON.parse(textOf(determinism)) as Determinism | null,
    }));
  } catch (error) {
    throw unreadable(path, (error as Error).message, error);
  }
}

/** What was measured of these trials, in their order. Throws InputError for what is missing or damaged. */
export async function readTrials(folder: string, ids: readonly string[]): Promise<SummarizedMachine[]> {
  const known = new Map((await readTrialRecords(folder)).map((trial) => [trial.id, trial]));
  if (ids.length === 0) return [];
  const summaries = await readSharedResponses(folder, ids, fields);
  return summaries.map((summary) => {
    const trial = known.get(summary.machine);
    if (!trial?.determinism)
      throw unreadable(join(folder, trialsName), `it has no measured trial ${summary.machine}`);
    return { summary, determinism: trial.determinism, letters: trial.letters };
  });
}

export async function writeRecording(folder: string, recording: Recording): Promise<void> {
  await writeFileAtomic(join(folder, recordingName), `${JSON.stringify(recording, null, 2)}\n`);
}

/** Throws InputError where there is no recorded dataset, or one of another version. */
export async function readRecording(folder: string): Promise<Recording> {
  const path = join(folder, recordingName);
  if (!existsSync(path))
    throw new InputError(`${resolve(folder)} is no recorded dataset: it has no ${recordingName}`, {
      remedy: 'make one with: stackbed record RUN -o FOLDER; or run the scenario without --from',
    });
  try {
    const read = JSON.parse(await readFile(path, 'utf8')) as Recording;
    if (read.schema !== 'stackbed.recorded/1') throw new Error(`its form is ${String(read.schema)}`);
    return read;
  } catch (error) {
    throw unreadable(path, (error as Error).message, error);
  }
}

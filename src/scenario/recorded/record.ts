import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { copyFile, mkdir, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { stringify } from 'yaml';
import { renamed } from '../../dataset/compact-summary.js';
import { datasetDigest } from '../../dataset/digest.js';
import type { SummarizedMachine } from '../../dataset/machine-summary.js';
import { InputError } from '../../errors.js';
import { fields } from '../../probe/fields.js';
import { probesDigest } from '../../probe/probe.js';
import { type ReadOptions, summarizeTrials } from '../dataset.js';
import { trialOf } from '../measured-conditions.js';
import { framesOf, probeSet, sentFrames } from '../probe-set.js';
import { lockName, type MachineRecord, type Manifest, RunFolder } from '../run-folder.js';
import type { Scenario } from '../schema.js';
import { selecting } from '../select/schema.js';
import { type RecordedTrial, readTrials, writeRecording, writeTrials } from './store.js';

export interface RecordOptions extends ReadOptions {
  /** Keep this many, the first ones; default: all. */
  readonly probes?: number | undefined;
}

export interface RecordedFacts {
  readonly digest: string;
  readonly machines: number;
  readonly probes: number;
  readonly bytes: number;
}

/** Throws InputError for a run that cannot be recorded, or not with so few probes. */
function checkRecordable(run: string, scenario: Scenario, manifest: Manifest, kept: number) {
  const { count } = scenario.probes;
  if (manifest.recorded)
    throw new InputError(`${run} was made of a recorded dataset: there is nothing new to record`);
  if (selecting(scenario.probes))
    throw new InputError(`${run} selected its probes by a pilot, which a recorded dataset does not keep`, {
      remedy: 'record a run without `select`',
    });
  if (kept > count)
    throw new InputError(`${run} sent ${count} probes, and ${kept} are to be kept`, {
      remedy: `give --probes ${count} or less, or leave it out`,
    });
}

/** What a machine would have counted if no more probes had been sent. */
function ofFewer(record: MachineRecord, summary: SummarizedMachine['summary']): MachineRecord {
  const received = summary.answers.reduce((sum, answered) => sum + answered, 0);
  return { ...record, packets_sent: summary.probes * summary.copies, packets_received: received };
}

/**
 * Keeps of a run what evaluation needs and no answer itself: `out`, which is whole or not there. Throws InputError for an
 * `out` that exists, and for a run that is not finished, that selected its probes, or that has a path and is to be
 * recorded with a part of its probes.
 */
export async function recordRun(
  out: string,
  run: string,
  options: RecordOptions = {},
): Promise<RecordedFacts> {
  const path = resolve(out);
  if (existsSync(path))
    throw new InputError(`${out} exists already`, { remedy: 'give the name of a new folder' });
  const folder = RunFolder.open(run);
  const [{ input, scenario }, manifest] = await Promise.all([folder.readScenario(), folder.readManifest()]);
  const { count } = scenario.probes;
  const kept = options.probes ?? count;
  checkRecordable(run, scenario, manifest, kept);
  const trials = await summarizedTrials(folder, scenario, manifest, kept, options);
  const summaries = trials.flatMap(({ summarized }) => summarized?.summary ?? []);
  const digest = datasetDigest(summaries, fields);
  const temporary = `${path}.${randomBytes(4).toString('hex')}.tmp`;
  await mkdir(temporary, { recursive: true });
  try {
    await writeTrials(temporary, trials);
    const { open, closed } = scenario.probes;
    const sent = framesOf(probeSet({ ...scenario, probes: { ...scenario.probes, count: kept } }), {
      open,
      closed,
    });
    await writeRecording(temporary, {
      schema: 'stackbed.recorded/1',
      digest,
      command: `stackbed record ${run}${kept < count ? ` --probes ${kept}` : ''} -o ${out}`,
      ...{ sent: count, kept },
      manifest: { ...manifest, probesDigest: probesDigest(sent) },
    });
    const probes = { ...(input.probes as object | undefined), count: kept };
    await writeFile(
      join(temporary, 'scenario.resolved.yaml'),
      stringify({ ...input, name: scenario.name, seed: scenario.seed, probes }, { lineWidth: 100 }),
    );
    if (existsSync(folder.file(lockName))) await copyFile(folder.file(lockName), join(temporary, lockName));
    await checkWritten(
      temporary,
      summaries.map(({ machine }) => machine),
      digest,
    );
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { recursive: true, force: true });
    throw error;
  }
  return { digest, machines: summaries.length, probes: kept, bytes: await sizeOf(path) };
}

async function summarizedTrials(
  folder: RunFolder,
  scenario: Scenario,
  manifest: Manifest,
  kept: number,
  options: RecordOptions,
): Promise<RecordedTrial[]> {
  const found = await Promise.all(manifest.machines.map((id) => folder.readRecord(id)));
  const records = found.filter((record) => record !== undefined);
  if (records.length < found.length)
    throw new InputError(
      `${folder.path} is not finished: ${records.length} of ${found.length} machines are done`,
      { remedy: `go on with: stackbed run --resume ${folder.path}` },
    );
  const fewer = kept < scenario.probes.count;
  if (fewer && records.some(({ decisions }) => decisions > 0))
    throw new InputError(`${folder.path} has a path, whose decisions are about all of its probes`, {
      remedy: 'leave out --probes',
    });
  const sent = await sentFrames(folder, scenario);
  const all = await summarizeTrials(folder, records, sent, { ...options, probes: kept });
  const byTrial = new Map(all.map(({ record, ...summarized }) => [trialOf(record), summarized]));
  return records.map((record) => {
    const id = trialOf(record);
    const summarized = byTrial.get(id);
    if (!summarized) return { id, record };
    const summary = renamed(summarized.summary, id);
    return { id, record: fewer ? ofFewer(record, summary) : record, summarized: { ...summarized, summary } };
  });
}

async function checkWritten(folder: string, ids: readonly string[], digest: string): Promise<void> {
  const read = await readTrials(folder, ids);
  const found = datasetDigest(
    read.map(({ summary }) => summary),
    fields,
  );
  if (found !== digest) throw new Error(`what was recorded reads as ${found}, and was ${digest}`);
}

async function sizeOf(folder: string): Promise<number> {
  let bytes = 0;
  for (const name of await readdir(folder)) bytes += (await stat(join(folder, name))).size;
  return bytes;
}

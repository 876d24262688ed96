import { addDeterminism, type Determinism } from '../../dataset/summarize.js';
import { fields } from '../../probe/fields.js';
import { conditionsOf } from '../conditions.js';
import { type Dataset, datasetOf, readDataset } from '../dataset.js';
import { measuredRecord } from '../explain/evidence.js';
import { recordedTrials, trialOf } from '../measured-conditions.js';
import { runProbes, sentFrames } from '../probe-set.js';
import type { MachineRecord, RunFolder } from '../run-folder.js';
import type { Scenario } from '../schema.js';
import { AnswerCounts, type KindAnswers, PartialProbes } from './answers.js';
import { type DiskUse, diskUse } from './disk.js';
import { fieldNamed, probeNumbered, type ValueCount, ValueCounts } from './values.js';

export interface InspectedMachine {
  /** `machine@condition` where the run has conditions. */
  readonly id: string;
  readonly status: 'measured' | 'failed' | 'pending';
  readonly reason?: string | undefined;
  readonly record?: MachineRecord | undefined;
  /** Probes of which all, some and none of the copies were answered. */
  readonly answered: number;
  readonly partial: number;
  readonly silent: number;
}

/** What a run says to the usual questions. */
export interface Inspection {
  readonly run: string;
  readonly scenario: string;
  readonly seed: number;
  readonly stackbed: string;
  readonly command: string;
  readonly startedAt: string;
  readonly accelerator: string;
  readonly probes: number;
  readonly copies: number;
  readonly probesDigest: string;
  readonly conditions: readonly string[];
  readonly merged: number;
  readonly machines: readonly InspectedMachine[];
  readonly kinds: readonly KindAnswers[];
  readonly fields: readonly { field: string; constant: number; nondeterministic: number }[];
  readonly partial: PartialProbes;
  readonly disk: readonly DiskUse[];
  /** Of the field that was asked for, over machines and probes. */
  readonly values?: readonly ValueCount[];
}

export interface InspectOptions {
  /** This one alone: `machine` or `machine@condition`. */
  readonly machine?: string | undefined;
  /** This probe alone. */
  readonly probe?: number | undefined;
  readonly field?: string | undefined;
}

/**
 * Answers from what a run recorded, finished or not, with one machine in memory at a time. Throws InputError for what
 * the run does not have, and for damaged files.
 */
export async function inspectRun(folder: RunFolder, asked: InspectOptions = {}): Promise<Inspection> {
  const [{ scenario }, manifest] = await Promise.all([folder.readScenario(), folder.readManifest()]);
  const { copies } = scenario.probes;
  const probes = await runProbes(folder, scenario);
  const count = probes.length;
  if (asked.probe !== undefined) probeNumbered(asked.probe, count);
  const values = asked.field === undefined ? undefined : new ValueCounts(fieldNamed(asked.field));
  if (asked.machine !== undefined) await measuredRecord(folder, manifest, asked.machine);
  const ids = asked.machine === undefined ? manifest.machines : [asked.machine];
  const datasets = await datasetsOf(folder, ids, scenario);
  const kinds = new AnswerCounts(probes, asked.probe);
  const partial = new PartialProbes();
  const determinism: Determinism[] = [];
  const machines: InspectedMachine[] = [];
  for (const id of ids) {
    const record = await folder.readRecord(id);
    const none = { answered: 0, partial: 0, silent: 0 };
    if (record?.status !== 'measured') {
      const reason = record?.failure?.reason;
      machines.push({ ...none, id, status: record ? 'failed' : 'pending', reason, record });
      continue;
    }
    const dataset = await datasets(record);
    const summary = dataset.summaries[0]!;
    machines.push({ id, status: 'measured', record, ...kinds.add(summary) });
    partial.add(trialOf(record), summary, asked.probe);
    values?.add(summary, asked.probe);
    determinism.push(dataset.determinism);
  }
  const all = addDeterminism(determinism, copies, fields.length);
  const { seed, stackbed, command, startedAt, accelerator, probesDigest } = manifest;
  return {
    ...{ run: folder.path, scenario: scenario.name, seed, stackbed, command, startedAt, accelerator },
    ...{ probes: count, copies, probesDigest, machines, partial },
    conditions: scenario.conditions.length > 0 ? conditionsOf(scenario).map(({ name }) => name) : [],
    merged: manifest.merged?.length ?? 0,
    kinds: kinds.all(),
    fields: fields.map(({ name }, index) => ({
      field: name,
      constant: all.constant[index]!,
      nondeterministic: all.nondeterministic[index]!,
    })),
    disk: await diskUse(folder.path),
    ...(values && { values: values.all() }),
  };
}

/** Reads a machine that was measured, when it is asked for; of a recorded dataset all are read at once. */
async function datasetsOf(
  folder: RunFolder,
  ids: readonly string[],
  scenario: Scenario,
): Promise<(record: MachineRecord) => Promise<Dataset>> {
  const { copies } = scenario.probes;
  if (!(await folder.readManifest()).recorded) {
    const sent = await sentFrames(folder, scenario);
    return (record) => readDataset(folder, [record], copies, sent);
  }
  const records = (await Promise.all(ids.map((id) => folder.readRecord(id)))).filter(
    (record) => record?.status === 'measured',
  ) as MachineRecord[];
  const found = await recordedTrials(folder, records);
  const byTrial = new Map(records.map((record, place) => [trialOf(record), found[place]!]));
  return async (record) => datasetOf([byTrial.get(trialOf(record))!], copies);
}

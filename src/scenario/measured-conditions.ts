import { renamed } from '../dataset/compact-summary.js';
import { datasetDigest } from '../dataset/digest.js';
import type { MachineSummary } from '../dataset/summary.js';
import { fields } from '../probe/fields.js';
import { type Condition, conditionsOf, trialId } from './conditions.js';
import { conditionSlug } from './conditions-schema.js';
import { type Dataset, datasetOf, type ReadOptions, readDataset } from './dataset.js';
import { sentFrames } from './probe-set.js';
import { readTrials } from './recorded/store.js';
import { type MachineRecord, type RunFolder, recordedFolder } from './run-folder.js';
import type { Scenario } from './schema.js';

/** What was measured under one condition; summaries bear the ids of the machines. */
export interface MeasuredCondition {
  readonly condition: Condition;
  readonly records: readonly MachineRecord[];
  readonly dataset: Dataset;
}

/** Id of the trial that a record is of. */
export function trialOf({ id, condition = '' }: Pick<MachineRecord, 'id' | 'condition'>): string {
  return trialId(id, { slug: conditionSlug(condition) });
}

/** Reads and summarises a run by its conditions, in the order of the scenario: one, where it names none. */
export async function readConditions(
  folder: RunFolder,
  scenario: Scenario,
  records: readonly MachineRecord[],
  options: ReadOptions = {},
): Promise<[MeasuredCondition, ...MeasuredCondition[]]> {
  const measured: MeasuredCondition[] = [];
  const recorded = (await folder.readManifest()).recorded !== undefined;
  const sent = recorded ? undefined : await sentFrames(folder, scenario);
  for (const condition of conditionsOf(scenario)) {
    const own = records.filter((record) => (record.condition ?? '') === condition.name);
    const { copies } = scenario.probes;
    const dataset = sent
      ? await readDataset(folder, own, copies, sent, options)
      : datasetOf(await recordedTrials(folder, own), copies);
    measured.push({ condition, records: own, dataset });
  }
  return measured as [MeasuredCondition, ...MeasuredCondition[]];
}

/** The summaries of all conditions, each under the id of its trial. */
export function trialSummaries(measured: readonly MeasuredCondition[]): MachineSummary[] {
  return measured.flatMap(({ condition, dataset }) =>
    dataset.summaries.map((summary) => renamed(summary, trialId(summary.machine, condition))),
  );
}

/** Digest of what was measured under all conditions. */
export function digestOf(measured: readonly MeasuredCondition[]): string {
  return datasetDigest(trialSummaries(measured), fields);
}

/** What a run took of a recorded dataset of these machines that were measured; summaries bear the ids of the machines. */
export async function recordedTrials(folder: RunFolder, records: readonly MachineRecord[]) {
  const measured = records.filter(({ status }) => status === 'measured');
  const found = await readTrials(folder.file(recordedFolder), measured.map(trialOf));
  return found.map((one, place) => ({
    ...one,
    summary: renamed(one.summary, measured[place]!.id),
  }));
}

import { writeFileAtomic } from '../../atomic-file.js';
import { csvLines } from '../../dataset/summary-csv.js';
import { writeSummaries } from '../../dataset/summary-store.js';
import { fields } from '../../probe/fields.js';
import { measuredRecord } from '../explain/evidence.js';
import { readConditions } from '../measured-conditions.js';
import { countProbes } from '../probe-set.js';
import type { RunFolder } from '../run-folder.js';

export interface ExportedSummary {
  /** Machines, each under each condition. */
  readonly machines: number;
  readonly probes: number;
}

/**
 * Writes the summary of a run, finished or not: a row a machine (and condition) and probe. With `machine`
 * (`machine@condition` where there are conditions) of that one alone. Throws InputError for one that the run does not
 * have, and for damaged files.
 */
export async function exportSummary(
  folder: RunFolder,
  file: string,
  format: 'csv' | 'parquet',
  machine?: string,
): Promise<ExportedSummary> {
  const [{ scenario }, manifest] = await Promise.all([folder.readScenario(), folder.readManifest()]);
  const found =
    machine === undefined
      ? await Promise.all(manifest.machines.map((id) => folder.readRecord(id)))
      : [await measuredRecord(folder, manifest, machine)];
  const records = found.filter((record) => record !== undefined);
  const measured = await readConditions(folder, scenario, records);
  const summaries = measured.flatMap(({ dataset }) => dataset.summaries);
  const conditions =
    scenario.conditions.length === 0
      ? undefined
      : measured.flatMap(({ condition, dataset }) => dataset.summaries.map(() => condition.name));
  if (format === 'parquet') await writeSummaries(file, summaries, fields, conditions);
  else await writeFileAtomic(file, csvLines(summaries, fields, conditions));
  return { machines: summaries.length, probes: await countProbes(folder, scenario) };
}

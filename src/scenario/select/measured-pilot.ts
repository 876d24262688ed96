import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { ReadOptions } from '../dataset.js';
import { type MeasuredCondition, readConditions } from '../measured-conditions.js';
import { RunFolder } from '../run-folder.js';

/** In a run: the folder of its pilot, which is a run of its own. */
export const pilotName = 'pilot';

/** Opens the pilot of a run, or says that it has none. */
export function openPilot(folder: RunFolder): RunFolder | undefined {
  const path = folder.file(pilotName);
  return existsSync(join(path, 'manifest.json')) ? RunFolder.open(path) : undefined;
}

/** What the pilot's machines answered to all probes. */
export async function readPilot(pilot: RunFolder, options: ReadOptions = {}): Promise<MeasuredCondition> {
  const { scenario } = await pilot.readScenario();
  const { machines } = await pilot.readManifest();
  const records = await Promise.all(machines.map((id) => pilot.readRecord(id)));
  const found = records.filter((record) => record !== undefined);
  const [measured] = await readConditions(pilot, scenario, found, options);
  return measured;
}

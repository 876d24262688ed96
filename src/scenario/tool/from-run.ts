import { type MachineSummary, summaryOfProbes } from '../../dataset/summary.js';
import { InputError } from '../../errors.js';
import { readConditions, trialSummaries } from '../measured-conditions.js';
import { runProbes } from '../probe-set.js';
import type { RunFolder } from '../run-folder.js';
import { fromToolProbe, probeIdentity } from './probes.js';
import type { Tool } from './schema.js';

/**
 * What machines of a recorded run answered to a tool's probes; all of them when `machine` is undefined. Throws
 * InputError when the run did not send the probes, or did not measure the machine.
 */
export async function summariesOfRun(
  tool: Tool,
  folder: RunFolder,
  machine: string | undefined,
): Promise<MachineSummary[]> {
  const { scenario } = await folder.readScenario();
  const sent = await runProbes(folder, scenario);
  const places = new Map(sent.map((probe, place) => [probeIdentity(probe), place]));
  const found = tool.probes.map((probe) => places.get(probeIdentity(fromToolProbe(probe))));
  const missing = found.filter((place) => place === undefined).length;
  if (missing > 0)
    throw new InputError(`${folder.path} did not send ${missing} of the tool's ${found.length} probes`, {
      remedy: 'classify a run of the seed and number of probes that the tool was trained on',
    });
  const { machines } = await folder.readManifest();
  const records = await Promise.all(machines.map((id) => folder.readRecord(id)));
  const measured = await readConditions(
    folder,
    scenario,
    records.filter((record) => record !== undefined),
  );
  const summaries = trialSummaries(measured).filter(
    (summary) => (machine ?? summary.machine) === summary.machine,
  );
  if (summaries.length === 0)
    throw new InputError(
      machine === undefined
        ? `${folder.path} measured no machine`
        : `${folder.path} measured no machine ${machine}`,
      { remedy: `its machines are: ${machines.join(', ')}` },
    );
  return summaries.map((summary) => summaryOfProbes(summary, found as number[]));
}

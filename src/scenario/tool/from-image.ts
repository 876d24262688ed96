import { copyFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import type { MachineSummary } from '../../dataset/summary.js';
import { CapabilityError, InputError } from '../../errors.js';
import { readConditions } from '../measured-conditions.js';
import { parseScenario } from '../read.js';
import { type RunOptions, runScenario } from '../run.js';
import { fromToolProbe } from './probes.js';
import type { Tool } from './schema.js';

export interface BootedTarget {
  /** Catalogue id. */
  readonly image: string;
  /** As in a scenario, e.g. `512M`; default the scenario's. */
  readonly ram?: string | undefined;
  /** Where the packets are kept, as pcapng. */
  readonly capture?: string | undefined;
}

/**
 * Boots one machine of the catalogue, sends it the tool's probes over a path without impairments, and ends it; nothing
 * stays but the capture asked for. Throws InputError for an unknown image, CapabilityError when it does not answer.
 */
export async function summaryOfImage(
  tool: Tool,
  { capture, image, ram }: BootedTarget,
  how: Pick<RunOptions, 'signal' | 'onEvent'>,
): Promise<MachineSummary> {
  const { copies, ports, probes, reset } = tool;
  const text = stringify({
    name: 'classify',
    machines: [{ image, ...(ram !== undefined && { ram }) }],
    ...(capture !== undefined && { captures: ['prober'] }),
    probes: { count: probes.length, copies, ...ports, reset },
    dataset: { partial: 'missing' },
  });
  const read = parseScenario(text, 'classify.scenario.yaml');
  const root = await mkdtemp(join(tmpdir(), 'stackbed-classify-'));
  try {
    const { folder } = await runScenario({
      ...{ read, root, jobs: 1 },
      probes: probes.map(fromToolProbe),
      ...how,
    });
    const { machines } = await folder.readManifest();
    if (machines.length !== 1)
      throw new InputError(`${image} names ${machines.length} machines; one is classified at a time`, {
        remedy: 'give the id of one image; stackbed images list has them',
      });
    const record = (await folder.readRecord(machines[0]!))!;
    if (record.status === 'failed')
      throw new CapabilityError(`${machines[0]} was not measured: ${record.failure!.reason}`);
    const [{ dataset }] = await readConditions(folder, read.scenario, [record]);
    if (capture !== undefined)
      await copyFile(folder.file(join('captures', `${machines[0]}.pcapng`)), capture);
    return dataset.summaries[0]!;
  } finally {
    await rm(root, { recursive: true, force: true });
  }
}

import type { OnProgress } from '../../images/index.js';
import { loadCatalog, pullImages } from '../../images/index.js';
import { boot } from '../../testbed/boot.js';
import type { Accelerator } from '../../testbed/drivers/qemu/arguments.js';
import { Lease } from '../../testbed/lease/lease.js';
import { MachineFailure } from '../../testbed/machine.js';
import { slowdownFactor } from '../../testbed/speed.js';
import { CapabilityError, InputError } from '../errors.js';
import { type Observation, observe } from '../nmap/observe.js';
import { type ProbePorts, probeNames } from '../nmap/probes.js';
import { nmapScan } from '../nmap/scan.js';
import { randomStream } from '../random.js';
import { type Trial, trialsOf } from './conditions.js';
import { fleetDriver } from './drivers.js';
import { emulatorVersion } from './emulators.js';
import { dockerVersion } from './engines.js';
import { libvirtVersions } from './libvirts.js';
import { machineSpec } from './machine-spec.js';
import { nearestName } from './nearest-name.js';
import { nmapPorts } from './nmap-scans.js';
import { pathSpec } from './path-spec.js';
import { knownOpen, probedPorts } from './probed-ports.js';
import type { ReadScenario } from './read.js';
import { acceleratorOf, checkRunnable } from './run.js';

export interface NmapOptions {
  readonly read: ReadScenario;
  /** Which machine, or machine@condition; may be left out where there is only one. */
  readonly machine?: string | undefined;
  readonly accelerator?: Accelerator | undefined;
  readonly signal: AbortSignal;
  readonly onProgress: OnProgress;
}

/** A machine as nmap's sixteen probes see it across its path. */
export interface NmapObservation extends Observation {
  readonly machine: string;
  readonly image: string;
  readonly ports: ProbePorts;
  /** Probes that were sent, and how many of them were answered. */
  readonly sent: number;
  readonly answered: number;
}

const bootPatienceMs = 30_000;
const answerPatienceMs = 250;

function chooseTrial(trials: readonly Trial[], wanted: string | undefined): Trial {
  const ids = trials.map(({ id }) => id);
  const chosen =
    wanted === undefined && trials.length === 1 ? trials[0] : trials.find(({ id }) => id === wanted);
  if (chosen) return chosen;
  if (wanted === undefined)
    throw new InputError(`the scenario has ${trials.length} machines, and one is looked at`, {
      remedy: `name it, as in --machine ${ids[0]}; stackbed plan lists them`,
    });
  const near = nearestName(wanted, ids);
  throw new InputError(`the scenario has no machine ${JSON.stringify(wanted)}`, {
    remedy: near ? `did you mean ${near}?` : `it has ${ids.slice(0, 8).join(', ')}; stackbed plan lists them`,
  });
}

/**
 * Boots one machine of a scenario, sends it nmap's probes across its path and computes the tests.
 *
 * @throws InputError(s) for the scenario or the machine's name; CapabilityError for a machine that does not come up
 */
export async function nmapMachine(options: NmapOptions): Promise<NmapObservation> {
  const { read, signal, onProgress } = options;
  const { scenario } = read;
  const trial = chooseTrial(trialsOf(scenario, await checkRunnable(read)), options.machine);
  const { machine: planned } = trial;
  const catalog = await loadCatalog();
  await emulatorVersion([planned], catalog);
  await libvirtVersions([planned]);
  await dockerVersion([planned], { signal, onProgress });
  const image = (await pullImages([planned.image], { signal, onProgress })).get(planned.image)!;
  const slowdown = slowdownFactor();
  const { accelerator } = await acceleratorOf(options, [image], slowdown);
  await using lease = await Lease.acquire();
  const known = knownOpen(image, scenario.probes);
  try {
    await using booted = await boot({
      driver: fleetDriver({ lease, accelerator, fleet: [planned], catalog }),
      spec: machineSpec({ ...planned, id: trial.id }, image, known === undefined ? [] : [known]),
      path: pathSpec(trial.condition),
      seed: scenario.seed,
      link: planned.id,
      timeoutMs: (image.appliance ? image.appliance.patienceS * 1000 : bootPatienceMs) * slowdown,
      signal,
    });
    const { open, closed } = await probedPorts(booted, image, scenario.probes, { slowdown, signal });
    const ports = nmapPorts({ open, closed }, catalog.find(planned.image)!.answers);
    const { prober, control } = booted;
    const random = randomStream(scenario.seed, `nmap ${trial.id}`);
    const timeoutMs = answerPatienceMs * slowdown;
    const exchanges = await nmapScan({ prober, control, ports, random, timeoutMs, signal });
    const sent = probeNames.filter((name) => exchanges.has(name));
    const answered = sent.filter((name) => exchanges.get(name)?.answer).length;
    return { machine: trial.id, image: image.id, ports, sent: sent.length, answered, ...observe(exchanges) };
  } catch (error) {
    if (!(error instanceof MachineFailure)) throw error;
    const said = error.consoleTail.map((line) => `\n  | ${line}`).join('');
    throw new CapabilityError(`${error.message}${said === '' ? '' : `; the end of its console:${said}`}`);
  }
}

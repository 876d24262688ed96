import {
  type BootableImage,
  cacheFolder,
  copyLock,
  listStored,
  loadCatalog,
  pullImages,
} from '../../images/index.js';
import { type AcceleratorVerdict, chooseAccelerator, trialImage } from '../../testbed/accelerator.js';
import type { Accelerator } from '../../testbed/drivers/qemu/arguments.js';
import { Lab } from '../../testbed/lab/lab.js';
import { Lease } from '../../testbed/lease/lease.js';
import type { BootMethod } from '../../testbed/machine.js';
import { nicWindow } from '../../testbed/nic.js';
import { slowdownFactor } from '../../testbed/speed.js';
import { collectGarbage } from '../collect-garbage.js';
import { InputError, InterruptedError } from '../errors.js';
import type { Probe } from '../probe/probe.js';
import type { Result } from '../report/result.js';
import { assemble } from './assemble.js';
import { checkConditions } from './check-conditions.js';
import { checkFleet, mostMachines } from './check-fleet.js';
import { withMachineTypes } from './check-platform.js';
import { checkSplits } from './check-splits.js';
import { trialsOf } from './conditions.js';
import { fleetDriver } from './drivers.js';
import { emulatorVersion } from './emulators.js';
import { dockerVersion } from './engines.js';
import type { OnRunEvent } from './events.js';
import { expandFleet, type PlannedMachine } from './fleet.js';
import { expandPatterns } from './image-patterns.js';
import { libvirtVersions } from './libvirts.js';
import { beginManifest, sameImages } from './manifest.js';
import { measureTrials } from './measure-trials.js';
import { keepPoints } from './nmap-points.js';
import { loadPresets } from './presets.js';
import { probeSet } from './probe-set.js';
import type { ReadScenario } from './read.js';
import { lockName, RunFolder } from './run-folder.js';
import { selectProbes } from './select/pilot.js';
import { checkTools, toolBench } from './tools/ask.js';
import { toolsOf } from './tools/results.js';

export interface RunOptions {
  readonly read: ReadScenario;
  /** Folder under which runs are kept. */
  readonly root: string;
  /** Machines at once. */
  readonly jobs: number;
  /** Do not measure, take this one. */
  readonly accelerator?: Accelerator | undefined;
  /** How emulated machines are started; default `cold`. */
  readonly boot?: BootMethod | undefined;
  /** Lock file that says which packages the images are; a resumed run has its own. */
  readonly lockFile?: string | undefined;
  /** Go on with this run instead of beginning one. */
  readonly resume?: RunFolder | undefined;
  /** Send these instead of the scenario's; as many as it says. */
  readonly probes?: readonly Probe[] | undefined;
  readonly signal: AbortSignal;
  readonly onEvent: OnRunEvent;
}

/** A run that was stopped by its signal: what is measured is kept under `folder`. */
export class RunInterrupted extends InterruptedError {
  constructor(readonly folder: string) {
    super(`interrupted; what was measured is kept in ${folder}`, {
      remedy: `go on with: stackbed run --resume ${folder}`,
    });
  }
}

/** Checks that need no machine: images, NIC models and presets are there. Throws InputErrors. */
export async function checkRunnable(read: ReadScenario): Promise<PlannedMachine[]> {
  const [catalog, presets] = await Promise.all([loadCatalog(), loadPresets()]);
  checkFleet(read, catalog, presets);
  const fleet = withMachineTypes(
    expandFleet(expandPatterns(read.scenario, catalog), presets, catalog),
    catalog,
  );
  for (const { nic } of fleet) nicWindow(nic);
  checkSplits(read, fleet);
  checkConditions(read, fleet);
  const trials = trialsOf(read.scenario, fleet).length;
  if (trials > mostMachines)
    throw new InputError(
      `${fleet.length} machines under all conditions are ${trials} boots; at most ${mostMachines} are run`,
      {
        place: read.place(['conditions']),
        remedy: 'name fewer conditions, or take a `sample` of the machines',
      },
    );
  return fleet;
}

/**
 * Runs a scenario from images to report: pulls what is missing, boots and probes each machine, and derives
 * the result. Throws InputError(s), CapabilityError, or RunInterrupted.
 */
export async function runScenario(options: RunOptions): Promise<{ result: Result; folder: RunFolder }> {
  const { read, signal, onEvent } = options;
  const { scenario } = read;
  const fleet = await checkRunnable(read);
  checkTools(toolsOf(scenario));
  const method = bootOf(options);
  const catalog = await loadCatalog();
  const qemu = await emulatorVersion(fleet, catalog);
  const libvirt = await libvirtVersions(fleet);
  const docker = await dockerVersion(fleet, {
    signal,
    onProgress: (progress) => onEvent({ kind: 'image', progress }),
  });
  const trials = trialsOf(scenario, fleet);
  const ids = [...new Set(fleet.map((machine) => machine.image))];
  onEvent({ kind: 'images', wanted: ids.length });
  const lockFile = options.resume?.file(lockName) ?? options.lockFile;
  const unobtainable = new Map<string, string>();
  const images = await pullImages(ids, {
    signal,
    onProgress: (progress) => onEvent({ kind: 'image', progress }),
    tolerate: (id, error) => {
      if (fleet.some(({ image, optional }) => image === id && !optional)) return false;
      unobtainable.set(id, error.message);
      return true;
    },
    ...(lockFile !== undefined && { lockFile }),
  });
  const slowdown = slowdownFactor();
  const verdict = await acceleratorOf(options, [...images.values()], slowdown);
  onEvent({ kind: 'accelerator', ...verdict });
  const folder = options.resume ?? (await RunFolder.create(options.root, scenario, new Date()));
  let probes: readonly Probe[] | undefined = options.probes ?? probeSet(scenario);
  // Whoever takes them has them alone: they take more memory than all else that a run keeps.
  const take = () => {
    const taken = probes ?? [];
    probes = undefined;
    return taken;
  };
  const manifest = options.resume
    ? await sameImages(folder, images)
    : await beginManifest(folder, read, trials, images, {
        probes,
        accelerator: verdict.accelerator,
        boot: method,
        qemu: qemu ?? 'not used',
        libvirt,
        docker,
      });
  collectGarbage();
  if (!options.resume) await copyLock([...images.keys()], folder.file(lockName), lockFile);
  await keepPoints(folder, scenario, {
    signal,
    onProgress: (progress) => onEvent({ kind: 'image', progress }),
  });
  try {
    await using lease = await Lease.acquire();
    const lab = Lab.of(lease);
    const { accelerator } = verdict;
    const driver = fleetDriver({ lease, lab, accelerator, fleet, catalog, boot: manifest.boot });
    const { jobs } = options;
    const tools = toolsOf(scenario);
    const askTools = tools.length > 0 ? toolBench({ tools, lease, lab }) : undefined;
    const session = { askTools, driver, images, catalog, unobtainable, slowdown, jobs, signal, onEvent };
    const framesFor = await selectProbes(session, { folder, read, fleet, probes: take });
    collectGarbage();
    await measureTrials(session, { folder, scenario, trials, framesFor });
  } catch (error) {
    throw error instanceof InterruptedError ? new RunInterrupted(folder.path) : error;
  }
  collectGarbage();
  const result = await assemble(folder, {
    signal,
    onExperiment: (done, total) => onEvent({ kind: 'learning', done, total }),
  });
  return { result, folder };
}

/** A guest that is to be fresh again and again is a copy from the beginning. Throws InputError for a cold one. */
function bootOf({ boot, read }: Pick<RunOptions, 'boot' | 'read'>): BootMethod {
  if (read.scenario.probes.state !== 'fresh') return boot ?? 'cold';
  if (boot === 'cold')
    throw new InputError(
      '`state: fresh` restores guests between groups of probes, and --boot cold forbids it',
      {
        place: read.place(['probes', 'state']),
        remedy: 'leave --boot out, or take `state: kept`',
      },
    );
  return 'restored';
}

/** The accelerator that was asked for, or the one that was found to work here. */
export async function acceleratorOf(
  options: Pick<RunOptions, 'accelerator' | 'signal'>,
  images: readonly BootableImage[],
  slowdown: number,
): Promise<AcceleratorVerdict> {
  if (options.accelerator) return { accelerator: options.accelerator, reason: 'asked for' };
  if (images.every((each) => each.process))
    return { accelerator: 'tcg', reason: 'no machine of this run is emulated' };
  // A kernel of the catalogue says in seconds whether KVM works; a machine that is not ours may take minutes.
  const image = trialImage(images) ?? trialImage(await listStored());
  if (!image) return { accelerator: 'tcg', reason: 'no kernel of the catalogue is here to try another with' };
  return chooseAccelerator({ image, cacheFolder: cacheFolder(), slowdown, signal: options.signal });
}

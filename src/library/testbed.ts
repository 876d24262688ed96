import { loadCatalog, type OnProgress, pullImages } from '../../images/index.js';
import { type BootedMachine, boot } from '../../testbed/boot.js';
import type { Accelerator } from '../../testbed/drivers/qemu/arguments.js';
import { Lease } from '../../testbed/lease/lease.js';
import { type BootMethod, type Driver, MachineFailure } from '../../testbed/machine.js';
import { slowdownFactor } from '../../testbed/speed.js';
import { CapabilityError, InputError } from '../errors.js';
import type { PathSpec } from '../netem/path.js';
import { fleetDriver } from '../scenario/drivers.js';
import { emulatorVersion } from '../scenario/emulators.js';
import { dockerVersion } from '../scenario/engines.js';
import { libvirtVersions } from '../scenario/libvirts.js';
import { machineSpec } from '../scenario/machine-spec.js';
import { nearestName } from '../scenario/nearest-name.js';
import { runPool } from '../scenario/pool.js';
import { knownOpen, probedPorts } from '../scenario/probed-ports.js';
import { acceleratorOf } from '../scenario/run.js';
import { BedMachine, type ProbeOptions } from './bed-machine.js';
import { BedPath, type PathInput, pathOf, type StageInput } from './bed-path.js';
import { Capture } from './capture.js';
import {
  type KnownKeys,
  type MachineName,
  type MachinesInput,
  type NamedMachine,
  namedMachines,
} from './machines-input.js';
import type { ProbePacket } from './packets.js';
import type { Exchange } from './response.js';

export interface TestbedOptions<Machines extends MachinesInput> {
  /** What is booted: images of the catalogue, or blocks as `machines:` of a scenario has them. */
  readonly machines: Machines;
  /** The network before each machine; default: a cable. */
  readonly path?: PathInput | StageInput | readonly StageInput[];
  /** Every random choice of the paths follows from it; default 1. */
  readonly seed?: number;
  /** TCP port with a listener, and one without; default 22 and 81. */
  readonly ports?: { readonly open?: number; readonly closed?: number };
  /** `restored` starts emulated machines as copies of a snapshot; default `cold`. */
  readonly boot?: BootMethod;
  /** Default: what is found to work here. */
  readonly accelerator?: Accelerator;
  /** Machines that boot at once; default 2. */
  readonly jobs?: number;
  readonly signal?: AbortSignal;
  /** Told of images that are pulled. */
  readonly onProgress?: OnProgress;
}

const bootPatienceMs = 30_000;
const fileSafe = /^[A-Za-z0-9][A-Za-z0-9._+-]{0,99}$/;

/**
 * Real machines on simulated networks, for programs and tests. Nothing of it outlives it, however the program ends.
 *
 * @example
 * await using bed = await Testbed.start({ machines: { server: 'linux-6.12+deb13' } });
 * const { response } = await bed.machine('server').probe(syn());
 * bed.path.set({ loss: '5%' });
 */
export class Testbed<Name extends string = string> implements AsyncDisposable {
  /** The networks of all machines at once; each has one of its own, too. */
  readonly path = new BedPath((spec) => {
    for (const machine of this.machines) machine.path.apply(spec);
  });
  private readonly captures = new Set<Capture>();
  private readonly byName = new Map<string, BedMachine>();

  private constructor(
    private readonly lease: Lease,
    private readonly booted: Map<string, BootedMachine> = new Map(),
  ) {}

  /**
   * Pulls what is missing, boots the machines and waits until each answers. Throws InputErrors for what was asked,
   * CapabilityError for what this host cannot do or a machine that does not come up, InterruptedError for the signal;
   * nothing is left running then.
   */
  static async start<const Machines extends MachinesInput>(
    options: TestbedOptions<Machines> & { readonly machines: KnownKeys<Machines> },
  ): Promise<Testbed<MachineName<Machines>>> {
    const { seed = 1, signal = new AbortController().signal, onProgress = () => {} } = options;
    const ports = { open: options.ports?.open ?? 22, closed: options.ports?.closed ?? 81 };
    const path: PathSpec = options.path
      ? pathOf(options.path, 'Testbed.start: path')
      : { forward: [], reverse: [] };
    const { machines, probes } = await namedMachines(options.machines, { seed, probes: ports });
    for (const { name } of machines)
      if (!fileSafe.test(name))
        throw new InputError(`Testbed.start: "${name}" is no name of a machine`, {
          remedy: 'take letters, digits, dots, dashes, + and _',
        });
    const fleet = machines.map(({ planned }) => planned);
    const catalog = await loadCatalog();
    await emulatorVersion(fleet, catalog);
    await libvirtVersions(fleet);
    await dockerVersion(fleet, { signal, onProgress });
    const ids = [...new Set(fleet.map(({ image }) => image))];
    const images = await pullImages(ids, { signal, onProgress });
    const slowdown = slowdownFactor();
    const { accelerator } = await acceleratorOf(
      { accelerator: options.accelerator, signal },
      [...images.values()],
      slowdown,
    );
    const lease = await Lease.acquire();
    const bed = new Testbed(lease);
    try {
      const driver = fleetDriver({ lease, accelerator, fleet, catalog, boot: options.boot });
      await runPool(machines, options.jobs ?? 2, async (one) => {
        const image = images.get(one.planned.image)!;
        const known = knownOpen(image, probes);
        const booted = await bootOne(driver, one, {
          spec: machineSpec({ ...one.planned, id: one.name }, image, known === undefined ? [] : [known]),
          ...{ path, seed, link: one.name, signal },
          timeoutMs: (image.appliance ? image.appliance.patienceS * 1000 : bootPatienceMs) * slowdown,
        });
        bed.booted.set(one.name, booted);
        const found = await probedPorts(booted, image, probes, { slowdown, signal });
        const parts = { name: one.name, image: image.id, booted, ports: found, path, slowdown };
        bed.byName.set(one.name, new BedMachine({ ...parts, captures: bed.captures }));
      });
      return bed as Testbed<MachineName<Machines>>;
    } catch (error) {
      await bed[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** The machines, in the order in which they came up. */
  get machines(): readonly BedMachine[] {
    return [...this.byName.values()];
  }

  /** The machine of that name. Throws InputError where there is none. */
  machine(name: Name): BedMachine {
    const found = this.byName.get(name);
    if (found) return found;
    const names = [...this.byName.keys()];
    const near = nearestName(name, names);
    throw new InputError(`the testbed has no machine "${name}"`, {
      remedy: near ? `did you mean "${near}"?` : `it has ${names.join(', ')}`,
    });
  }

  /** Sends one packet to every machine; what comes back, by name. */
  async probe(packet: ProbePacket, options?: ProbeOptions): Promise<ReadonlyMap<Name, Exchange>> {
    const pairs = this.machines.map(
      async (one) => [one.name as Name, await one.probe(packet, options)] as const,
    );
    return new Map(await Promise.all(pairs));
  }

  /** Captures what crosses the paths from now on: at the prober, at the machine, and what stages drop. */
  capture(): Capture {
    const capture = new Capture([...this.byName.keys()], (one) => {
      this.captures.delete(one);
      for (const machine of this.machines) machine.watch();
    });
    this.captures.add(capture);
    for (const machine of this.machines) machine.watch();
    return capture;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.allSettled([...this.booted.values()].map((one) => one[Symbol.asyncDispose]()));
    await this.lease[Symbol.asyncDispose]();
  }
}

async function bootOne(
  driver: Driver,
  { name }: NamedMachine,
  options: Omit<Parameters<typeof boot>[0], 'driver'>,
): Promise<BootedMachine> {
  try {
    return await boot({ driver, ...options });
  } catch (error) {
    if (!(error instanceof MachineFailure)) throw error;
    const said = error.consoleTail.map((line) => `\n  | ${line}`).join('');
    throw new CapabilityError(
      `Testbed.start: ${name} did not come up: ${error.reason}${said === '' ? '' : `; the end of its console:${said}`}`,
      { cause: error },
    );
  }
}

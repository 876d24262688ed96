import {
  cacheFolder,
  findOwn,
  listStored,
  OwnCatalog,
  type OwnImage,
  pullImages,
} from '../../images/index.js';
import { chooseAccelerator, trialImage } from '../../testbed/accelerator.js';
import { boot } from '../../testbed/boot.js';
import { DockerDriver } from '../../testbed/drivers/docker/driver.js';
import type { Accelerator } from '../../testbed/drivers/qemu/arguments.js';
import { QemuDriver } from '../../testbed/drivers/qemu/driver.js';
import { Lease } from '../../testbed/lease/lease.js';
import { MachineFailure } from '../../testbed/machine.js';
import { slowdownFactor } from '../../testbed/speed.js';
import { InputError } from '../errors.js';
import { usualPorts } from '../probe/scan.js';
import { survey } from '../probe/survey.js';
import { firstListener, scanner } from './probed-ports.js';

/** What an image was found to do when it was booted. */
export interface FoundPorts {
  readonly bootMs: number;
  readonly open: readonly number[];
  readonly answers: OwnImage['appliance']['answers'];
  /** Ports that were looked at. */
  readonly looked: number;
  /** Frames that the machine sent of its own accord. */
  readonly unasked: number;
}

const roundMs = 300;

async function acceleratorFor(signal: AbortSignal, slowdown: number): Promise<Accelerator> {
  const image = trialImage(await listStored());
  if (!image) return 'tcg';
  return (await chooseAccelerator({ image, cacheFolder: cacheFolder(), slowdown, signal })).accelerator;
}

/**
 * Boots a user's own image, looks for ports with a listener and for what it answers, and writes both into its
 * entry, so that probes go where somebody listens.
 *
 * @throws InputError when it never answers, with the end of its console
 */
export async function probeImage(
  name: string,
  { accelerator, signal }: { accelerator?: Accelerator | undefined; signal: AbortSignal },
): Promise<FoundPorts> {
  await findOwn(name);
  const image = (await pullImages([name], { signal })).get(name)!;
  const { appliance } = image;
  if (!appliance) throw new Error(`${name} was added, but is no appliance`);
  const slowdown = slowdownFactor();
  const chosen = accelerator ?? (await acceleratorFor(signal, slowdown));
  await using lease = await Lease.acquire();
  try {
    await using booted = await boot({
      driver: appliance.container ? new DockerDriver(lease) : new QemuDriver(lease, chosen),
      spec: {
        ...{ id: name, image, sysctls: {}, openPorts: appliance.open.slice(0, 1) },
        hardware: {
          ramMib: appliance.ramMib,
          cores: 1,
          nic: image.nics[0]!,
          ...(appliance.machine !== undefined && { machine: appliance.machine }),
        },
      },
      path: { forward: [], reverse: [] },
      seed: 0,
      timeoutMs: appliance.patienceS * 1000 * slowdown,
      signal,
    });
    const { control, prober } = booted;
    const scan = scanner(control, slowdown, signal);
    if (appliance.open.length === 0) await firstListener(scan, slowdown);
    const ports = await scan(usualPorts);
    const of = (wanted: string) => usualPorts.filter((port) => ports.get(port) === wanted);
    const [open, closed] = [of('open'), of('closed')];
    const ends = { open: open[0] ?? 22, closed: closed.find((port) => port === 81) ?? closed[0] ?? 81 };
    const found = await survey({ prober, control, ...ends, timeoutMs: roundMs * slowdown, signal });
    const answers = [
      ...(found.arp ? ['arp' as const] : []),
      ...(found.ping ? ['ping' as const] : []),
      ...(open.length > 0 ? ['syn-open' as const] : []),
      ...(closed.length > 0 ? ['syn-closed' as const] : []),
      ...(found.udpClosed === 'icmp' ? ['udp-closed' as const] : []),
    ];
    await record(name, open, answers);
    return { bootMs: booted.bootMs, open, answers, looked: usualPorts.length, unasked: control.unasked };
  } catch (error) {
    if (!(error instanceof MachineFailure)) throw error;
    const said = error.consoleTail.map((line) => `\n  | ${line}`).join('');
    throw new InputError(
      `${error.message}${said === '' ? '; its serial console said nothing' : `; the end of its console:${said}`}`,
      {
        remedy:
          'see whether it has a driver for its NIC and disk, its firmware, address and patience: stackbed images show ' +
          name,
      },
    );
  }
}

async function record(name: string, open: readonly number[], answers: FoundPorts['answers']): Promise<void> {
  await new OwnCatalog().change((images) => {
    const image = images[name];
    if (image)
      images[name] = { ...image, appliance: { ...image.appliance, open: [...open], answers: [...answers] } };
  });
}

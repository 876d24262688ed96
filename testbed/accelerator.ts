import { constants } from 'node:fs';
import { access, mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { BootableImage } from '../images/index.js';
import { writeFileAtomic } from '../src/atomic-file.js';
import { InterruptedError } from '../src/errors.js';
import { boot } from './boot.js';
import type { Accelerator } from './drivers/qemu/arguments.js';
import { QemuDriver } from './drivers/qemu/driver.js';
import { platformOf, requireQemu } from './drivers/qemu/platform.js';
import { Lease } from './lease/lease.js';
import { qemuVersion } from './qemu-version.js';

export interface AcceleratorVerdict {
  readonly accelerator: Accelerator;
  /** Why this one, for people. */
  readonly reason: string;
}

export interface ChooseOptions {
  readonly image: BootableImage;
  /** Folder in which the verdict is remembered until the machine is restarted. */
  readonly cacheFolder: string;
  readonly slowdown: number;
  readonly signal?: AbortSignal | undefined;
}

/** A guest under KVM is up in about a second; one that hangs must not cost much more. */
const kvmPatienceMs = 6000;

/** The image to try an accelerator with: a kernel of ours that the host could run natively, if there is any. */
export function trialImage<T extends BootableImage>(images: readonly T[]): T | undefined {
  const guests = images.filter(({ process: program, appliance }) => !program && !appliance);
  const native = guests.find(({ architecture }) => platformOf(architecture).nativeTo === process.arch);
  return native ?? guests[0];
}

async function canOpenKvm(): Promise<boolean> {
  try {
    await access('/dev/kvm', constants.R_OK | constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

/**
 * The fastest accelerator that really boots a guest here. A /dev/kvm that opens proves nothing (nested
 * virtualisation may hang the guest), so an ordinary kernel is booted under it, once per start of the host.
 */
export async function chooseAccelerator(options: ChooseOptions): Promise<AcceleratorVerdict> {
  const { architecture } = options.image;
  const program = await requireQemu(architecture);
  if (platformOf(architecture).nativeTo !== process.arch)
    return { accelerator: 'tcg', reason: `this host cannot run ${architecture} natively` };
  if (!(await canOpenKvm())) return { accelerator: 'tcg', reason: '/dev/kvm is missing or not permitted' };
  const bootId = (await readFile('/proc/sys/kernel/random/boot_id', 'utf8')).trim();
  const key = `${bootId} ${await qemuVersion(program)}`;
  const file = join(options.cacheFolder, 'accelerator.json');
  const known = await readFile(file, 'utf8').then(
    (text) => JSON.parse(text) as AcceleratorVerdict & { key: string },
    () => undefined,
  );
  if (known?.key === key) return { accelerator: known.accelerator, reason: known.reason };
  const verdict = await tryKvm(options);
  await mkdir(options.cacheFolder, { recursive: true });
  await writeFileAtomic(file, `${JSON.stringify({ key, ...verdict })}\n`);
  return verdict;
}

async function tryKvm({ image, slowdown, signal }: ChooseOptions): Promise<AcceleratorVerdict> {
  await using lease = await Lease.acquire();
  try {
    await using booted = await boot({
      driver: new QemuDriver(lease, 'kvm'),
      spec: {
        id: 'accelerator-trial',
        image,
        hardware: { ramMib: 256, cores: 1, nic: 'virtio-net-pci' },
        sysctls: {},
        openPorts: [22],
      },
      path: { forward: [], reverse: [] },
      seed: 0,
      timeoutMs: kvmPatienceMs * slowdown,
      signal,
    });
    return { accelerator: 'kvm', reason: `a guest booted under KVM in ${Math.round(booted.bootMs)} ms` };
  } catch (error) {
    if (error instanceof InterruptedError) throw error;
    const why = error instanceof Error ? error.message : String(error);
    return { accelerator: 'tcg', reason: `/dev/kvm is there, but a guest did not boot under it (${why})` };
  }
}

import { join } from 'node:path';
import { pullImages } from '../images/index.js';
import { CapabilityError } from '../src/errors.js';
import { boot } from '../testbed/boot.js';
import { ProcessDriver } from '../testbed/drivers/process/driver.js';
import { QemuDriver, requireQemu } from '../testbed/drivers/qemu/driver.js';
import { RestoringDriver } from '../testbed/drivers/qemu/snapshot/driver.js';
import { Lease } from '../testbed/lease/lease.js';
import type { Driver } from '../testbed/machine.js';
import { qemuVersion } from '../testbed/qemu-version.js';
import { figure, host, median, type Peer, type Report } from './figures.js';
import { PlainQemu, packagedKernel } from './plain-qemu.js';
import { VirtmeNg, virtmeTree } from './virtme-ng.js';

const emulated = 'linux-6.12+deb13';
const userMode = 'uml-6.12';
const ramMib = 256;
const rounds = 5;

const virtmeFigure =
  'spawn of virtme-run to the first SYN-ACK of a listener that its script starts, as soon as its init is done';

/**
 * Spawn of a machine's process to its first SYN-ACK, ms: cold, restored from a snapshot (which is made before),
 * and User-Mode Linux of the same series; against QEMU started plainly, and virtme-ng, with the kernel as packaged. Under TCG.
 */
export async function boots(say: (text: string) => void): Promise<Report> {
  const images = await pullImages([emulated, userMode]);
  await using lease = await Lease.acquire();
  const kernel = await packagedKernel(images.get(emulated)!, join(lease.folder, 'kernel'));
  const virtme = await virtmeTree(images.get(emulated)!, join(lease.folder, 'virtme')).catch((error) => {
    if (error instanceof CapabilityError) return { missing: error.message };
    throw error;
  });
  const ways: Readonly<Record<string, { driver: Driver; image: string }>> = {
    cold: { driver: new QemuDriver(lease, 'tcg'), image: emulated },
    restored: { driver: new RestoringDriver(lease, 'tcg'), image: emulated },
    uml: { driver: new ProcessDriver(lease), image: userMode },
    plain: { driver: new PlainQemu(lease, kernel), image: emulated },
    ...('missing' in virtme ? {} : { virtme: { driver: new VirtmeNg(lease, virtme), image: emulated } }),
  };
  const times = new Map(Object.keys(ways).map((name) => [name, [] as number[]]));
  const bootOnce = async (name: string) => {
    const { driver, image } = ways[name]!;
    await using booted = await boot({
      driver,
      spec: {
        id: name,
        image: images.get(image)!,
        hardware: { ramMib, cores: 1, nic: 'virtio-net-pci' },
        ...{ sysctls: {}, openPorts: [22] },
      },
      path: { forward: [], reverse: [] },
      seed: 1,
      timeoutMs: 180_000,
    });
    return booted.bootMs;
  };
  // Not counted: the snapshot is made here, and files come into memory.
  for (const name of times.keys()) await bootOnce(name);
  for (let round = 1; round <= rounds; round++) {
    for (const [name, found] of times) found.push(await bootOnce(name));
    const last = [...times].map(([name, found]) => `${name} ${found.at(-1)!.toFixed(0)}`);
    say(`round ${round} of ${rounds}: ${last.join(', ')} ms`);
  }
  const middle = (name: string) => median(times.get(name)!);
  const peers: Record<string, Peer> = {
    'qemu -M q35': middle('plain'),
    'virtme-ng': 'missing' in virtme ? virtme : middle('virtme'),
  };
  const about = (name: string, goal: number) => ({ name, unit: 'ms', better: 'less', goal }) as const;
  return {
    bench: 'boot',
    at: new Date().toISOString(),
    host: host({ qemu: await qemuVersion(await requireQemu('amd64')), accelerator: 'tcg' }),
    ...('missing' in virtme ? {} : { notes: { 'virtme-ng': virtmeFigure } }),
    figures: [
      figure(about(`${emulated}, cold`, 2), middle('cold'), peers),
      figure(about(`${emulated}, restored`, 20), middle('restored'), peers),
      figure(about(`${userMode}, a process`, 10), middle('uml'), peers),
    ],
  };
}

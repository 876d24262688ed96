import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { BootableImage } from '../images/index.js';
import { PackageStore } from '../images/packages.js';
import { ImageStore } from '../images/store.js';
import { unpack } from '../images/unpack.js';
import { StreamPort } from '../src/netem/stream-port.js';
import { requireQemu } from '../testbed/drivers/qemu/driver.js';
import { startQemu } from '../testbed/drivers/qemu/process.js';
import type { Lease } from '../testbed/lease/lease.js';
import type { Driver, Machine, MachineSpec, NetworkIdentity } from '../testbed/machine.js';

/** The kernel of an image as its package has it, unpacked into `folder`. */
export async function packagedKernel(image: BootableImage, folder: string): Promise<string> {
  const record = await new ImageStore().find(image.digest);
  const packages = record?.packages.filter(({ name }) => /^linux-(image|binary)/.test(name)) ?? [];
  await mkdir(folder, { recursive: true });
  for (const each of packages) await unpack(new PackageStore().path(each), folder);
  for (const place of ['boot', `usr/lib/modules/${image.release}`]) {
    const names = await readdir(join(folder, place)).catch(() => []);
    const name = names.find((each) => each.startsWith('vmlinuz'));
    if (name) return join(folder, place, name);
  }
  throw new Error(`the packages of ${image.id} hold no vmlinuz`);
}

/**
 * A guest as one starts it who has read QEMU's manual and no more: machine q35 with its default devices and
 * firmware, the kernel as packaged and the same initramfs, the wire as its network.
 */
export class PlainQemu implements Driver {
  readonly name = 'plain qemu';
  private started = 0;

  constructor(
    private readonly lease: Lease,
    private readonly kernel: string,
  ) {}

  async start(spec: MachineSpec, network: NetworkIdentity): Promise<Machine> {
    const socketPath = join(this.lease.folder, `plain${this.started++}.sock`);
    const port = await StreamPort.listen(spec.id, socketPath);
    const program = await requireQemu(spec.image.architecture);
    const { console, startedAt, exited, stop, type } = await startQemu(this.lease, program, [
      ...['-M', 'q35', '-accel', 'tcg', '-m', `${spec.hardware.ramMib}M`, '-nographic', '-no-reboot'],
      ...['-kernel', this.kernel, '-initrd', spec.image.initrd],
      '-append',
      `console=ttyS0 stackbed.address=${network.address}/${network.prefix} ` +
        `stackbed.gateway=${network.gateway} stackbed.open=${spec.openPorts.join(',')}`,
      ...['-netdev', `stream,id=n0,server=off,addr.type=unix,addr.path=${socketPath}`],
      ...['-device', `virtio-net-pci,netdev=n0,mac=${network.mac}`],
    ]);
    return {
      ...{ spec, network, port, console, startedAt, exited, type },
      stop: async () => {
        await stop();
        await port.close();
      },
    };
  }
}

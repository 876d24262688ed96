import { pullImages } from '../../images/index.js';
import type { PathSpec } from '../../src/netem/path.js';
import { type BootedMachine, boot } from '../../testbed/boot.js';
import { driverByImage } from '../../testbed/drivers/by-image.js';
import { DockerDriver } from '../../testbed/drivers/docker/driver.js';
import { ProcessDriver } from '../../testbed/drivers/process/driver.js';
import { QemuDriver } from '../../testbed/drivers/qemu/driver.js';
import { Lease } from '../../testbed/lease/lease.js';
import type { MachineSpec } from '../../testbed/machine.js';
import { slowdownFactor } from '../../testbed/speed.js';

export interface BedOptions {
  readonly ramMib?: number;
  readonly path?: PathSpec;
  readonly spec?: Partial<MachineSpec>;
}

/** Boots one machine of the catalogue and hands it to `use`; everything is gone afterwards. */
export async function withMachine<T>(
  image: string,
  options: BedOptions,
  use: (booted: BootedMachine) => Promise<T>,
): Promise<T> {
  const bootable = (await pullImages([image], {})).get(image)!;
  await using lease = await Lease.acquire();
  await using booted = await boot({
    driver: driverByImage({
      qemu: new QemuDriver(lease, 'tcg'),
      docker: new DockerDriver(lease),
      process: new ProcessDriver(lease),
    }),
    spec: {
      id: image,
      image: bootable,
      hardware: { ramMib: options.ramMib ?? 256, cores: 1, nic: 'virtio-net-pci' },
      sysctls: {},
      openPorts: [22],
      ...options.spec,
    },
    path: options.path ?? { forward: [], reverse: [] },
    seed: 1,
    timeoutMs: (bootable.appliance?.patienceS ?? 60) * 1000 * slowdownFactor(),
  });
  return await use(booted);
}

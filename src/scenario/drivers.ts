import type { Catalog } from '../../images/index.js';
import { driverByImage } from '../../testbed/drivers/by-image.js';
import { DockerDriver } from '../../testbed/drivers/docker/driver.js';
import { LibvirtDriver } from '../../testbed/drivers/libvirt/driver.js';
import { ProcessDriver } from '../../testbed/drivers/process/driver.js';
import type { Accelerator } from '../../testbed/drivers/qemu/arguments.js';
import { QemuDriver } from '../../testbed/drivers/qemu/driver.js';
import { RestoringDriver } from '../../testbed/drivers/qemu/snapshot/driver.js';
import { Lab } from '../../testbed/lab/lab.js';
import type { Lease } from '../../testbed/lease/lease.js';
import type { BootMethod, Driver } from '../../testbed/machine.js';
import type { PlannedMachine } from './fleet.js';
import { libvirts } from './libvirts.js';

/** One driver for a whole fleet, by what each of its machines needs. */
export function fleetDriver(options: {
  readonly lease: Lease;
  readonly lab?: () => Promise<Lab>;
  readonly accelerator: Accelerator;
  readonly fleet: readonly PlannedMachine[];
  readonly catalog: Catalog;
  readonly boot?: BootMethod | undefined;
}): Driver {
  const { lease, accelerator, fleet, catalog, lab = Lab.of(lease) } = options;
  const Emulator = options.boot === 'restored' ? RestoringDriver : QemuDriver;
  return driverByImage({
    qemu: new Emulator(lease, accelerator),
    libvirt: new LibvirtDriver(lease, accelerator, libvirts(lease, fleet, catalog, lab)),
    docker: new DockerDriver(lease, undefined, lab),
    process: new ProcessDriver(lease),
  });
}

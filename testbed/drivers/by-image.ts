import type { Driver, MachineSpec } from '../machine.js';
import type { DriverName } from './names.js';

function driverOf({ driver, image }: MachineSpec): DriverName {
  if (driver) return driver;
  if (image.process?.wire === 'bridge' || image.appliance?.container) return 'docker';
  return image.process ? 'process' : 'qemu';
}

/** Starts each machine by the driver that it names, or else by the one that its image needs. */
export function driverByImage(drivers: Readonly<Partial<Record<DriverName, Driver>>>): Driver {
  return {
    name: Object.values(drivers)
      .map(({ name }) => name)
      .join(', '),
    start: (spec, network, limits) => {
      const driver = drivers[driverOf(spec)];
      if (!driver) throw new Error(`there is no driver ${driverOf(spec)} for ${spec.id}`);
      return driver.start(spec, network, limits);
    },
  };
}

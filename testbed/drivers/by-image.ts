import type { Driver } from '../machine.js';

/** The driver that an image needs: one for kernels in an emulator, one for programs. */
export function driverByImage(emulator: Driver, process: Driver): Driver {
  return {
    name: `${emulator.name} or ${process.name}`,
    start: (spec, network, limits) => (spec.image.process ? process : emulator).start(spec, network, limits),
  };
}

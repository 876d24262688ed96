import type { BootableImage } from '../../images/index.js';
import type { DriverName } from '../../testbed/drivers/names.js';
import type { Trial } from './conditions.js';

/** Machines that are booted from their first instruction though copies were asked for. */
export interface ColdBoots {
  readonly machines: number;
  readonly reason: string;
}

const reasons: Readonly<Record<DriverName, string>> = {
  qemu: 'an appliance takes no orders, so that its copies would all be one and the same machine',
  libvirt: 'libvirt restores a saved domain under its own name only, so that there are no copies of it',
  process: 'a program is started, not booted',
  docker: 'a container is started, not booted',
};

/** What of a run has no copies of a guest that was booted once, by reason. */
export function coldBoots(
  trials: readonly Trial[],
  images: ReadonlyMap<string, Pick<BootableImage, 'appliance'>>,
): ColdBoots[] {
  const machines = new Map<DriverName, number>();
  for (const { machine } of trials) {
    const { driver, image } = machine;
    if (driver === 'qemu' && !images.get(image)?.appliance) continue;
    machines.set(driver, (machines.get(driver) ?? 0) + 1);
  }
  return [...machines].map(([driver, number]) => ({ machines: number, reason: reasons[driver] }));
}

import type { Catalog, CatalogEntry } from '../../images/index.js';
import type { DriverName } from '../../testbed/drivers/names.js';

/** The drivers that can start an image, the usual one first. */
export function driversOf({ stack, own, appliance }: CatalogEntry): readonly [DriverName, ...DriverName[]] {
  if (stack?.build.kind === 'container' || own?.appliance.medium === 'container') return ['docker'];
  // What a container can hold: a program that needs nothing but its folder.
  if (stack && ['go', 'c', 'c++'].includes(stack.build.kind)) return ['process', 'docker'];
  if (stack) return ['process'];
  return own?.appliance || appliance ? ['qemu'] : ['qemu', 'libvirt'];
}

/** The driver that starts an image when a scenario names none. */
export function usualDriver(catalog: Catalog, image: string): DriverName {
  const entry = catalog.find(image);
  return entry ? driversOf(entry)[0] : 'qemu';
}

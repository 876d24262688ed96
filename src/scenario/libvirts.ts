import type { Catalog } from '../../images/index.js';
import type { Virsh } from '../../testbed/drivers/libvirt/virsh.js';
import { Libvirts, libvirtVersion } from '../../testbed/engines/libvirt.js';
import type { Lease } from '../../testbed/lease/lease.js';
import type { PlannedMachine } from './fleet.js';

const ofLibvirt = (fleet: readonly PlannedMachine[]) => fleet.filter(({ driver }) => driver === 'libvirt');

/**
 * The versions of the libvirts that a fleet needs; undefined when it needs none.
 *
 * @throws StackbedError when one of them cannot be used here
 */
export async function libvirtVersions(fleet: readonly PlannedMachine[]): Promise<string | undefined> {
  const uris = [...new Set(ofLibvirt(fleet).map(({ uri }) => uri))];
  if (uris.length === 0) return undefined;
  return (await Promise.all(uris.map(libvirtVersion))).join('; ');
}

/** The way to the libvirts of a fleet, under a lease. */
export function libvirts(
  lease: Lease,
  fleet: readonly PlannedMachine[],
  catalog: Catalog,
): (uri: string | undefined) => Promise<Virsh> {
  const images = ofLibvirt(fleet).map(({ image }) => catalog.find(image)!.architecture);
  const known = new Libvirts(lease, new Set(images));
  return (uri) => known.at(uri);
}

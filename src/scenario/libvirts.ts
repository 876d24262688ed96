import type { Catalog } from '../../images/index.js';
import { Libvirts, libvirtVersion, ownLibvirtVersion } from '../../testbed/engines/libvirt.js';
import { type Lab, requirePrivileges } from '../../testbed/lab/lab.js';
import type { Lease } from '../../testbed/lease/lease.js';
import type { PlannedMachine } from './fleet.js';

const ofLibvirt = (fleet: readonly PlannedMachine[]) => fleet.filter(({ driver }) => driver === 'libvirt');

/**
 * The versions of the libvirts that a fleet needs; undefined when it needs none.
 *
 * @throws StackbedError when one of them cannot be used here
 */
export async function libvirtVersions(fleet: readonly PlannedMachine[]): Promise<string | undefined> {
  const wanted = ofLibvirt(fleet);
  if (wanted.length === 0) return undefined;
  const isOnBridge = wanted.some(({ network }) => network === 'bridge');
  if (isOnBridge) requirePrivileges();
  const uris = [...new Set(wanted.filter(({ network }) => network !== 'bridge').map(({ uri }) => uri))];
  const versions = await Promise.all([
    ...uris.map(libvirtVersion),
    ...(isOnBridge ? [ownLibvirtVersion()] : []),
  ]);
  return [...new Set(versions)].join('; ');
}

/** The libvirts of a fleet, under a lease. */
export function libvirts(
  lease: Lease,
  fleet: readonly PlannedMachine[],
  catalog: Catalog,
  openLab: () => Promise<Lab>,
): Libvirts {
  const images = ofLibvirt(fleet).map(({ image }) => catalog.find(image)!.architecture);
  return new Libvirts(lease, new Set(images), openLab);
}

import type { Catalog } from '../../images/index.js';
import { requireEmulators } from '../../testbed/drivers/qemu/driver.js';
import { qemuVersion } from '../../testbed/qemu-version.js';
import type { PlannedMachine } from './fleet.js';

/**
 * The version of QEMU that boots the fleet; undefined when all of it run as processes of the host.
 *
 * @throws CapabilityError naming every emulator that is missing and the command that installs them
 */
export async function emulatorVersion(
  fleet: readonly PlannedMachine[],
  catalog: Catalog,
): Promise<string | undefined> {
  const entries = fleet.flatMap(({ image }) => catalog.find(image) ?? []);
  const guests = entries.filter(({ stack }) => stack === undefined || stack.build.kind === 'firmware');
  const programs = await requireEmulators(guests.map(({ architecture }) => architecture));
  const [first] = programs.values();
  return first === undefined ? undefined : qemuVersion(first);
}

import type { Catalog, CatalogEntry } from '../../images/index.js';
import type { DriverName } from '../../testbed/drivers/names.js';
import { InputError } from '../errors.js';
import { isPattern, matching } from './image-patterns.js';
import type { ReadScenario } from './read.js';
import { driversOf } from './usual-driver.js';

/** Why there is no fresh machine in place of one that was probed; undefined where there is. */
function unrenewable({ own, appliance, stack }: CatalogEntry, driver: DriverName): string | undefined {
  if (driver === 'libvirt') return 'libvirt restores a saved domain under its own name only';
  if (driver === 'docker' && (own || stack?.build.kind === 'container'))
    return 'the kernel of a container is that of this host, which goes on';
  if (driver === 'qemu' && (own || appliance))
    return 'an appliance takes no orders, so that there are no copies of it';
  return undefined;
}

/** With `state: fresh` each machine must be one that can be restored, or started again, to what it was. */
export function stateFaults(
  { scenario, place }: ReadScenario,
  number: number,
  catalog: Catalog,
): InputError[] {
  if (scenario.probes.state !== 'fresh') return [];
  const block = scenario.machines[number]!;
  return (block.instances ?? [{}]).flatMap((own, index) => {
    const names = own.image ?? block.image ?? [];
    const key = own.driver || block.driver.some((driver) => driver !== 'default') ? 'driver' : 'image';
    const at = own[key] ? ['machines', number, 'instances', index, key] : ['machines', number, key];
    const found = names.flatMap((name) =>
      isPattern(name) ? matching(name, catalog) : (catalog.find(name) ?? []),
    );
    for (const entry of found)
      for (const asked of own.driver ?? block.driver) {
        const why = unrenewable(entry, asked === 'default' ? driversOf(entry)[0] : asked);
        if (why)
          return [
            new InputError(`${entry.id} cannot be made fresh between groups of probes: ${why}`, {
              place: place(at),
              remedy: 'leave it out, or take `state: kept`',
            }),
          ];
      }
    return [];
  });
}

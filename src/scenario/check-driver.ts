import type { Catalog } from '../../images/index.js';
import { InputError } from '../errors.js';
import { isPattern, matching } from './image-patterns.js';
import type { ReadScenario } from './read.js';
import { driversOf } from './usual-driver.js';

/** Each image must be one that the drivers it is combined with can start, and a URI must be of use to one of them. */
export function driverFaults(
  { scenario, place }: ReadScenario,
  number: number,
  catalog: Catalog,
): InputError[] {
  const block = scenario.machines[number]!;
  const instances = block.instances ?? [{}];
  const faults = instances.flatMap((own, index) => {
    const entries = (own.image ?? block.image ?? []).flatMap((name) =>
      isPattern(name) ? matching(name, catalog) : (catalog.find(name) ?? []),
    );
    const path = own.driver
      ? ['machines', number, 'instances', index, 'driver']
      : ['machines', number, 'driver'];
    return (own.driver ?? block.driver).flatMap((asked, at) => {
      const misfit = entries.find((entry) => asked !== 'default' && !driversOf(entry).includes(asked));
      if (!misfit) return [];
      return [
        new InputError(`${misfit.id} cannot be started by the driver "${asked}"`, {
          place: place([...path, at]),
          remedy: `it can be by: ${driversOf(misfit).join(', ')}`,
        }),
      ];
    });
  });
  const isUsed = instances.some((own) => (own.driver ?? block.driver).includes('libvirt'));
  if (block.uri !== undefined && !isUsed)
    faults.push(
      new InputError(
        `machines.${number}.uri names a libvirt, but no machine of the block is started by libvirt`,
        {
          place: place(['machines', number, 'uri']),
          remedy: 'add `driver: libvirt`, or leave `uri` out',
        },
      ),
    );
  return faults;
}

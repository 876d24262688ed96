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
  faults.push(...networkFaults({ scenario, place }, number));
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

/** A network is chosen for machines of libvirt; a bridge is reached only by a libvirt in its own namespace. */
function networkFaults(
  { scenario, place }: Pick<ReadScenario, 'scenario' | 'place'>,
  number: number,
): InputError[] {
  const block = scenario.machines[number]!;
  return (block.instances ?? [{}]).flatMap((own, index) => {
    const at = own.network
      ? ['machines', number, 'instances', index, 'network']
      : ['machines', number, 'network'];
    const asked = (own.network ?? block.network).filter((network) => network !== 'default');
    const other = (own.driver ?? block.driver).find((driver) => driver !== 'libvirt');
    if (asked.length > 0 && other)
      return [
        new InputError(
          `a network is chosen for machines of libvirt only; the driver "${other}" has its own`,
          {
            place: place(at),
            remedy: 'add `driver: libvirt`, or leave `network` out',
          },
        ),
      ];
    if (block.uri === undefined || !asked.includes('bridge')) return [];
    return [
      new InputError(
        `the libvirt at ${block.uri} is not in the namespace that a run makes: it cannot reach a bridge there`,
        {
          place: place(at),
          remedy: 'leave `uri` out, so that one is started there, or take `network: wire`',
        },
      ),
    ];
  });
}

import type { Catalog } from '../../images/index.js';
import { InputError, InputErrors } from '../errors.js';
import type { ReadScenario } from './read.js';
import type { Scenario } from './schema.js';
import { formatMib } from './units.js';

/** One instance that a scenario asks for: an image in a certain machine with a certain configuration. */
export interface PlannedMachine {
  /** Unique in the run and fit for a file name. */
  readonly id: string;
  /** Catalogue id as the scenario names it. */
  readonly image: string;
  readonly ramMib: number;
  readonly cores: number;
  readonly nic: string;
  readonly sysctls: Readonly<Record<string, string>>;
}

/** The fleet of a scenario: the product of each block, in the order of the file. */
export function expandFleet(scenario: Scenario): PlannedMachine[] {
  const fleet: PlannedMachine[] = [];
  const taken = new Map<string, number>();
  for (const block of scenario.machines)
    for (const image of block.image)
      for (const ramMib of block.ram)
        for (const cores of block.cores)
          for (const nic of block.nic) {
            const parts = [image, formatMib(ramMib)];
            if (cores > 1) parts.push(`${cores}cpu`);
            if (nic !== 'virtio-net-pci') parts.push(nic);
            const name = parts.join('-');
            const times = (taken.get(name) ?? 0) + 1;
            taken.set(name, times);
            const id = times === 1 ? name : `${name}-${times}`;
            fleet.push({ id, image, ramMib, cores, nic, sysctls: block.sysctls });
          }
  return fleet;
}

/** Throws InputErrors, with place and nearest id, for every image that the catalogue does not have. */
export function checkImages({ scenario, place }: ReadScenario, catalog: Catalog): void {
  const errors = scenario.machines.flatMap((block, index) =>
    block.image.flatMap((id, position) => {
      if (catalog.find(id)) return [];
      const near = catalog.nearest(id);
      const hint = near.length > 0 ? `; did you mean ${near.slice(0, 3).join(', ')}?` : '';
      return [
        new InputError(`the catalogue has no image "${id}"${hint}`, {
          place: imagePlace(place, index, position),
          remedy: 'list them with: stackbed images list',
        }),
      ];
    }),
  );
  if (errors.length > 0) throw new InputErrors(errors);
}

/** A single image may stand without a list: then the list's first item has no node of its own. */
function imagePlace(place: ReadScenario['place'], block: number, position: number) {
  return place(['machines', block, 'image', position]);
}

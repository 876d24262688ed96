import type { Catalog } from '../../images/index.js';
import { cpuModelsOf, machineTypesOf } from '../../testbed/hardware.js';
import { InputError } from '../errors.js';
import type { PlannedMachine } from './fleet.js';
import type { ReadScenario } from './read.js';

/**
 * Each image that QEMU boots must exist for the machine types and CPU models that it is combined with; a process
 * has neither.
 */
export function platformFaults(
  { scenario, place }: ReadScenario,
  number: number,
  catalog: Catalog,
): InputError[] {
  const block = scenario.machines[number]!;
  return (block.instances ?? [{}]).flatMap((own, index) => {
    const entries = (own.image ?? block.image ?? [])
      .flatMap((name) => catalog.find(name) ?? [])
      .filter(({ stack, own }) => stack === undefined && own?.appliance.medium !== 'container');
    const faults = (
      key: 'machine' | 'cpu',
      what: string,
      fitting: typeof machineTypesOf | typeof cpuModelsOf,
    ) =>
      (own[key] ?? block[key]).flatMap((asked, at) => {
        const misfit = entries.find(
          ({ architecture }) =>
            asked !== 'default' && !(fitting(architecture) as readonly string[]).includes(asked),
        );
        if (!misfit) return [];
        const path = own[key]
          ? ['machines', number, 'instances', index, key, at]
          : ['machines', number, key, at];
        return [
          new InputError(`${misfit.id} does not boot on the ${what} "${asked}"`, {
            place: place(path),
            remedy: `for ${misfit.architecture} there are: ${fitting(misfit.architecture).join(', ')}`,
          }),
        ];
      });
    return [...faults('machine', 'machine type', machineTypesOf), ...faults('cpu', 'CPU model', cpuModelsOf)];
  });
}

/** The fleet with the machine type that `default` means for each image; programs have none. */
export function withMachineTypes(fleet: readonly PlannedMachine[], catalog: Catalog): PlannedMachine[] {
  return fleet.map((planned) => {
    const entry = catalog.find(planned.image);
    if (planned.machine !== 'default' || !entry || entry.stack) return planned;
    if (entry.own?.appliance.medium === 'container') return planned;
    const own = (entry.own?.appliance ?? entry.appliance?.machine)?.machine;
    return { ...planned, machine: own ?? machineTypesOf(entry.architecture)[0] };
  });
}

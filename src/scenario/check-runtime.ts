import type { Catalog } from '../../images/index.js';
import { InputError } from '../errors.js';
import { isPattern, matching } from './image-patterns.js';
import type { ReadScenario } from './read.js';
import { driversOf } from './usual-driver.js';

/** A runtime is chosen for containers; gVisor's for those of the catalogue, with no settings of the kernel. */
export function runtimeFaults(
  { scenario, place }: Pick<ReadScenario, 'scenario' | 'place'>,
  number: number,
  catalog: Catalog,
): InputError[] {
  const block = scenario.machines[number]!;
  return (block.instances ?? [{}]).flatMap((own, index) => {
    const asked = (own.runtime ?? block.runtime).filter((runtime) => runtime !== 'default');
    if (asked.length === 0) return [];
    const entries = (own.image ?? block.image ?? []).flatMap((name) =>
      isPattern(name) ? matching(name, catalog) : (catalog.find(name) ?? []),
    );
    const at = place(
      own.runtime ? ['machines', number, 'instances', index, 'runtime'] : ['machines', number, 'runtime'],
    );
    for (const entry of entries)
      for (const driver of own.driver ?? block.driver) {
        const used = driver === 'default' ? driversOf(entry)[0] : driver;
        if (used === 'docker') continue;
        const remedy = 'add `driver: docker` where the image can be a container, or leave `runtime` out';
        return [
          new InputError(`a runtime is chosen for containers only; ${entry.id} is started by ${used}`, {
            ...{ place: at, remedy },
          }),
        ];
      }
    if (!asked.includes('runsc')) return [];
    const other = entries.find(({ stack }) => stack?.build.kind !== 'container');
    if (other)
      return [
        new InputError(`${other.id} cannot be started by runsc: only containers of the catalogue can`, {
          ...{ place: at, remedy: 'take container-debian-13, or `runtime: runc`' },
        }),
      ];
    const presets = [
      ...(own.configuration ?? block.configuration),
      ...(own.application ?? block.application),
    ];
    const set = { ...block.sysctls, ...own.sysctls, ...block.socket, ...own.socket };
    if (Object.keys(set).length === 0 && presets.every((name) => name === 'stock')) return [];
    return [
      new InputError('a container of runsc has no kernel settings and no socket options', {
        place: at,
        remedy: 'leave `configuration`, `sysctls`, `application` and `socket` out there',
      }),
    ];
  });
}

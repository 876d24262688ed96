import type { Catalog } from '../../images/index.js';
import { InputError, InputErrors, type Place } from '../errors.js';
import { driverFaults } from './check-driver.js';
import { platformFaults } from './check-platform.js';
import { runtimeFaults } from './check-runtime.js';
import { stateFaults } from './check-state.js';
import { blockSize } from './fleet.js';
import { expandPatterns, isPattern, matching } from './image-patterns.js';
import type { Instance } from './machines-schema.js';
import { nearestName } from './nearest-name.js';
import { joinedNames, type Presets, resolvePreset } from './presets.js';
import type { ReadScenario } from './read.js';

/** A fleet that is larger was hardly meant, and would not be measured in a lifetime. */
export const mostMachines = 100_000;

/** Of the 2048 characters of COMMAND_LINE_SIZE on x86, less the image's arguments, network and socket options. */
const mostSettings = 1400;

type Key = 'image' | 'nic' | 'configuration' | 'application';

interface Named {
  readonly name: string;
  readonly place: Place;
}

/** Every value that a block gives for a key, its own and its instances'. A value without a list has its key's place. */
function named({ scenario, place }: ReadScenario, block: number, key: Key): Named[] {
  const { [key]: own, instances } = scenario.machines[block]!;
  const at = (values: readonly string[] | undefined, path: readonly PropertyKey[]): Named[] =>
    (values ?? []).map((name, index) => ({ name, place: place([...path, key, index]) }));
  return [
    ...at(own, ['machines', block]),
    ...(instances ?? []).flatMap((one, index) => at(one[key], ['machines', block, 'instances', index])),
  ];
}

const listThem = 'list them with: stackbed images list';

function imageFaults(read: ReadScenario, block: number, catalog: Catalog): InputError[] {
  return named(read, block, 'image').flatMap(({ name, place }) => {
    if (isPattern(name))
      return matching(name, catalog).length > 0
        ? []
        : [
            new InputError(`no image of the catalogue fits the pattern "${name}"`, {
              place,
              remedy: listThem,
            }),
          ];
    const entry = catalog.find(name);
    if (entry?.netem)
      return [new InputError(`${name} stands in a path: it is no machine to be probed`, { place })];
    if (entry) return [];
    const near = catalog.nearest(name);
    const hint = near.length > 0 ? `; did you mean ${near.slice(0, 3).join(', ')}?` : '';
    return [
      new InputError(`the catalogue has no image "${name}"${hint}`, {
        place,
        remedy: listThem,
      }),
    ];
  });
}

function presetFaults(
  read: ReadScenario,
  block: number,
  key: 'configuration' | 'application',
  known: readonly string[],
): InputError[] {
  return named(read, block, key).flatMap(({ name, place }) =>
    joinedNames(name).flatMap((part) => {
      if (known.includes(part)) return [];
      const near = nearestName(part, known);
      const hint = near ? `; did you mean "${near}"?` : '';
      return [
        new InputError(`no ${key} is called "${part}"${hint}`, {
          place,
          remedy: `there are: ${known.join(', ')}`,
        }),
      ];
    }),
  );
}

/** Each image that is a machine must have a driver for each NIC it may be given; a process has no NIC. */
function nicFaults(read: ReadScenario, block: number, catalog: Catalog): InputError[] {
  const entries = named(read, block, 'image').flatMap(({ name }) =>
    isPattern(name) ? matching(name, catalog) : (catalog.find(name) ?? []),
  );
  return named(read, block, 'nic').flatMap(({ name, place }) => {
    const without = entries.find(({ nics, stack }) => stack === undefined && !nics.includes(name));
    if (!without) return [];
    const near = nearestName(name, without.nics);
    return [
      new InputError(
        `${without.id} has no driver for the NIC "${name}"${near && near !== name ? `; did you mean "${near}"?` : ''}`,
        { place, remedy: `it has: ${without.nics.join(', ')}` },
      ),
    ];
  });
}

function sizeFaults({ scenario, place }: ReadScenario, number: number): InputError[] {
  const block = scenario.machines[number]!;
  const total = blockSize(block);
  const at = place(['machines', number, 'sample']);
  if (block.sample !== undefined && block.sample > total)
    return [
      new InputError(
        `machines.${number}.sample is ${block.sample}, but the block describes only ${total} machines`,
        { place: at, remedy: 'take a smaller sample, or give the lists more values' },
      ),
    ];
  if (total === 0)
    return [
      new InputError(`machines.${number} comes to no machine: its patterns take all images away`, {
        place: place(['machines', number, 'image']),
        remedy: listThem,
      }),
    ];
  if (total > 2 ** 32)
    return [
      new InputError(`the block describes ${total} machines; at most 2^32 can be drawn from`, { place: at }),
    ];
  if ((block.sample ?? total) > mostMachines)
    return [
      new InputError(
        `the block asks for ${block.sample ?? total} machines; at most ${mostMachines} are run`,
        {
          place: at,
          remedy: 'take a `sample` of them',
        },
      ),
    ];
  return [];
}

/** Letters that the settings of one machine take on its kernel command line. */
function settingsLength(settings: Readonly<Record<string, string | number>>): number {
  return Object.entries(settings).reduce(
    (sum, [name, value]) => sum + `stackbed.sysctl=${name}=${value} `.length,
    0,
  );
}

/** Linux cuts a command line that is too long without a word; names that there are not are another fault. */
function lengthFaults({ scenario, place }: ReadScenario, number: number, presets: Presets): InputError[] {
  const block = scenario.machines[number]!;
  const longest = (block.instances ?? [{}]).map((own: Instance) => {
    const sysctls = { ...block.sysctls, ...own.sysctls };
    const names = own.configuration ?? block.configuration;
    const known = names.filter((name) => joinedNames(name).every((part) => presets.configuration.has(part)));
    return Math.max(
      0,
      ...known.map((name) => settingsLength(resolvePreset(presets.configuration, name, sysctls))),
    );
  });
  const length = Math.max(...longest);
  if (length <= mostSettings) return [];
  return [
    new InputError(
      `machines.${number} has kernel settings of ${length} characters; the guest's command line has room for ${mostSettings}`,
      { place: place(['machines', number, 'sysctls']), remedy: 'set fewer at once' },
    ),
  ];
}

/**
 * Throws InputErrors, with place and nearest name, for every image, NIC, machine type, CPU model, driver, configuration and application that
 * there is not, and for every sample that is larger than what it is drawn from.
 */
export function checkFleet(read: ReadScenario, catalog: Catalog, presets: Presets): void {
  const expanded = { ...read, scenario: expandPatterns(read.scenario, catalog) };
  const errors = read.scenario.machines.flatMap((_, block) => [
    ...imageFaults(read, block, catalog),
    ...nicFaults(read, block, catalog),
    ...platformFaults(read, block, catalog),
    ...driverFaults(read, block, catalog),
    ...runtimeFaults(read, block, catalog),
    ...stateFaults(read, block, catalog),
    ...presetFaults(read, block, 'configuration', [...presets.configuration.keys()]),
    ...presetFaults(read, block, 'application', [...presets.application.keys()]),
    ...sizeFaults(expanded, block),
    ...lengthFaults(read, block, presets),
  ]);
  if (errors.length > 0) throw new InputErrors(errors);
}

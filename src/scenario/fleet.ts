import type { Catalog } from '../../images/index.js';
import { combination, countCombinations, sample } from './combinations.js';
import { machineIds, type Named, variantName } from './machine-id.js';
import type { Instance, MachineBlock } from './machines-schema.js';
import { type Presets, resolvePreset, type SocketOptions, type Sysctls } from './presets.js';
import type { Scenario } from './schema.js';
import { usualDriver } from './usual-driver.js';
import { usualHardware } from './usual-hardware.js';

/** One instance that a scenario asks for: image x hardware x configuration x application. */
export interface PlannedMachine extends Named {
  /** Unique in the run and fit for a file name. */
  readonly id: string;
  /** Its name and the kernel settings that it comes to. */
  readonly configuration: { readonly name: string; readonly sysctls: Sysctls };
  /** Connection URI of the libvirt that is to start it. */
  readonly uri?: string;
  /** Its image may be one that cannot be had. */
  readonly optional: boolean;
  /** Its name and the options of the listening socket. */
  readonly application: { readonly name: string; readonly socket: SocketOptions };
}

/** The value lists of one instance of a block, first what turns slowest. */
function lists(block: MachineBlock, own: Instance) {
  return [
    own.image ?? block.image ?? [],
    own.ram ?? block.ram ?? [undefined],
    own.cores ?? block.cores,
    own.nic ?? block.nic ?? [undefined],
    own.machine ?? block.machine,
    own.cpu ?? block.cpu,
    own.driver ?? block.driver,
    own.network ?? block.network,
    own.runtime ?? block.runtime,
    own.configuration ?? block.configuration,
    own.application ?? block.application,
  ] as const;
}

function instancesOf(block: MachineBlock): readonly Instance[] {
  return block.instances ?? [{}];
}

/** How many machines a block describes before a sample is taken. */
export function blockSize(block: MachineBlock): number {
  return instancesOf(block).reduce((sum, own) => sum + countCombinations(lists(block, own)), 0);
}

/** The machine at `index` (0 to {@link blockSize}) of a block. */
function machineAt(
  block: MachineBlock,
  index: number,
  presets: Presets,
  catalog: Catalog,
): Named & Omit<PlannedMachine, 'id'> {
  let rest = index;
  for (const own of instancesOf(block)) {
    const values = lists(block, own);
    const size = countCombinations(values);
    if (rest >= size) {
      rest -= size;
      continue;
    }
    const chosen = combination(values, rest);
    const [image, ram, cores, card, machine, cpu, driver, network, runtime, ...settings] = chosen;
    const [configuration, application] = settings;
    const usual = usualHardware(catalog, image);
    const sysctls = { ...block.sysctls, ...own.sysctls };
    const socket = { ...block.socket, ...own.socket };
    return {
      ...{ image, ramMib: ram ?? usual.ramMib, cores, nic: card ?? usual.nic, machine, cpu },
      driver: driver === 'default' ? usualDriver(catalog, image) : driver,
      ...(network !== 'default' && { network }),
      ...(runtime !== 'default' && { runtime }),
      ...(driver === 'libvirt' && block.uri !== undefined && { uri: block.uri }),
      optional: block.optional,
      configuration: {
        name: variantName(configuration, sysctls),
        sysctls: resolvePreset(presets.configuration, configuration, sysctls),
      },
      application: {
        name: variantName(application, socket),
        socket: resolvePreset(presets.application, application, socket),
      },
    };
  }
  throw new RangeError(`the block has no machine ${index}`);
}

/**
 * The fleet of a scenario, in the order of the file: of each block the product of its lists, or a sample from
 * it that seed and block number decide. Throws RangeError for what {@link checkFleet} reports.
 */
export function expandFleet(scenario: Scenario, presets: Presets, catalog: Catalog): PlannedMachine[] {
  const idOf = machineIds();
  return scenario.machines.flatMap((block, number) => {
    const total = blockSize(block);
    const chosen =
      block.sample === undefined
        ? Array.from({ length: total }, (_, index) => index)
        : sample(total, block.sample, scenario.seed, `machines ${number} sample`);
    return chosen.map((index) => {
      const machine = machineAt(block, index, presets, catalog);
      return { id: idOf(machine), ...machine };
    });
  });
}

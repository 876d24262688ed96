import { stringify } from 'yaml';
import { InputError } from '../errors.js';
import type { PlannedMachine } from '../scenario/fleet.js';
import { parseScenario, type ReadScenario } from '../scenario/read.js';
import { checkRunnable } from '../scenario/run.js';
import type { ScenarioInput } from '../scenario/schema.js';
import { withoutPlaces } from './bed-path.js';

/** A block of `machines:` of a scenario: an image, or a product of images and hardware. */
export type MachineInput = ScenarioInput['machines'][number];

/** Machines by names of your own, or a list of images and blocks. */
export type MachinesInput =
  | Readonly<Record<string, string | MachineInput>>
  | readonly (string | MachineInput)[];

type NameOf<Entry> = Entry extends `${string}*${string}` ? string : Entry extends string ? Entry : string;

/** Names that `bed.machine` takes: keys, images of a list, and any where a block or a pattern makes several. */
export type MachineName<Machines> = Machines extends readonly (infer Entry)[]
  ? NameOf<Entry>
  : keyof Machines & string;

/** Refuses keys that a block does not have, which inference would let pass. */
export type KnownKeys<Machines> = {
  readonly [Key in keyof Machines]: Machines[Key] extends string
    ? Machines[Key]
    : {
        readonly [Name in keyof Machines[Key]]: Name extends keyof MachineInput ? Machines[Key][Name] : never;
      };
};

/** A machine of the testbed and the name that it goes by. */
export interface NamedMachine {
  readonly name: string;
  readonly planned: PlannedMachine;
}

const blockOf = (entry: string | MachineInput): MachineInput =>
  typeof entry === 'string' ? { image: entry } : entry;

async function expanded(entry: string | MachineInput, options: object, from: string): Promise<Expanded> {
  const text = stringify({ ...options, machines: [blockOf(entry)] });
  try {
    const read = parseScenario(text, from);
    return { read, fleet: await checkRunnable(read) };
  } catch (error) {
    throw withoutPlaces(error, from);
  }
}

interface Expanded {
  readonly read: ReadScenario;
  readonly fleet: readonly PlannedMachine[];
}

/**
 * The machines that a program asks for, with their names. Throws InputErrors for what the scenario schema refuses and
 * for what the catalogue does not have, and InputError for names that are given twice or stand for several machines.
 */
export async function namedMachines(
  machines: MachinesInput,
  options: { readonly seed: number; readonly probes: { readonly open: number; readonly closed: number } },
): Promise<{
  readonly machines: readonly NamedMachine[];
  readonly probes: ReadScenario['scenario']['probes'];
}> {
  const isList = Array.isArray(machines);
  const entries = Object.entries(machines) as [string, string | MachineInput][];
  if (entries.length === 0)
    throw new InputError('Testbed.start: no machines', {
      remedy: "name one, as in machines: ['linux-6.12+deb13']",
    });
  const named: NamedMachine[] = [];
  let probes: ReadScenario['scenario']['probes'] | undefined;
  for (const [key, entry] of entries) {
    const from = `Testbed.start: machines${isList ? `[${key}]` : `.${key}`}`;
    const { read, fleet } = await expanded(entry, options, from);
    probes ??= read.scenario.probes;
    const own = isList ? (typeof entry === 'string' && !entry.includes('*') ? entry : undefined) : key;
    if (own !== undefined && fleet.length !== 1)
      throw new InputError(`${from}: ${fleet.length} machines under one name`, {
        remedy: 'a name stands for one machine; put blocks that make several into a list',
      });
    named.push(...fleet.map((planned) => ({ name: own ?? planned.id, planned })));
  }
  const seen = new Set<string>();
  for (const { name } of named) {
    if (seen.has(name))
      throw new InputError(`Testbed.start: two machines are called "${name}"`, {
        remedy: "give them names of their own: machines: {first: '…', second: '…'}",
      });
    seen.add(name);
  }
  return { machines: named, probes: probes! };
}

import { createHash } from 'node:crypto';
import type { DriverName } from '../../testbed/drivers/names.js';
import type { ContainerRuntime, NetworkKind } from '../../testbed/machine.js';
import { joinedNames } from './presets.js';
import { formatMib } from './units.js';

/** Settings that are named in an id; more of them are named by a digest. */
const settingsNamed = 2;
const longestPart = 60;

/** Only what a file name, a QEMU option and a terminal bear. */
function fileSafe(text: string): string {
  return text.replaceAll(/[^A-Za-z0-9._+-]+/g, '_');
}

function settingNames(settings: Readonly<Record<string, string | number>>): string[] {
  const pairs = Object.entries(settings).sort(([a], [b]) => (a < b ? -1 : 1));
  if (pairs.length === 0) return [];
  const text = pairs.map(([name, value]) => fileSafe(`${name.split('.').at(-1)}_${value}`));
  if (pairs.length <= settingsNamed && text.join('+').length <= longestPart) return text;
  const digest = createHash('sha256').update(JSON.stringify(pairs)).digest('hex').slice(0, 8);
  return [`custom_${digest}`];
}

/** Name of a configuration or application: its presets and the settings over them, as in `hardened+tcp_ecn_0`. */
export function variantName(
  preset: string,
  own: Readonly<Record<string, string | number | undefined>>,
): string {
  const given = Object.entries(own).filter(
    (pair): pair is [string, string | number] => pair[1] !== undefined,
  );
  const parts = joinedNames(preset).filter((part) => part !== 'stock');
  parts.push(...settingNames(Object.fromEntries(given)));
  return parts.length === 0 ? 'stock' : parts.join('+');
}

export interface Named {
  readonly image: string;
  readonly ramMib: number;
  readonly cores: number;
  readonly nic: string;
  readonly machine: string;
  readonly cpu: string;
  readonly driver: DriverName;
  /** Default: the only one that its driver has, or `wire`. */
  readonly network?: NetworkKind;
  /** Default: `runc`, for a container. */
  readonly runtime?: ContainerRuntime;
  readonly configuration: { readonly name: string };
  readonly application: { readonly name: string };
}

/** Image and memory, and whatever else is not as usual. Not unique yet. */
function plainId(named: Named): string {
  const { image, ramMib, cores, nic, machine, cpu, driver, configuration, application } = named;
  const { network, runtime } = named;
  const parts = [image, formatMib(ramMib)];
  if (cores > 1) parts.push(`${cores}cpu`);
  if (nic !== 'virtio-net-pci') parts.push(nic);
  if (machine !== 'default' && machine !== 'pc') parts.push(machine);
  if (cpu !== 'default') parts.push(cpu);
  // The others go without saying: an image has no choice of them.
  // What is a container anyway says so by its name.
  const isUnusual = driver === 'libvirt' || (driver === 'docker' && !image.startsWith('container-'));
  if (isUnusual) parts.push(driver);
  if (network === 'bridge') parts.push(network);
  if (runtime === 'runsc') parts.push(runtime);
  if (configuration.name !== 'stock') parts.push(configuration.name);
  if (application.name !== 'stock') parts.push(`app_${application.name}`);
  return fileSafe(parts.join('-'));
}

/** Gives out ids: equal machines are numbered from the second on. */
export function machineIds(): (machine: Named) => string {
  const taken = new Set<string>();
  return (machine) => {
    const plain = plainId(machine);
    let id = plain;
    for (let number = 2; taken.has(id); number++) id = `${plain}-${number}`;
    taken.add(id);
    return id;
  };
}

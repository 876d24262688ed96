import { parseXml, XmlElement } from '@rgrove/parse-xml';
import { type AddOptions, type Appliance, type Architecture, bootChoices } from '../../../images/index.js';
import { InputError } from '../../../src/errors.js';
import type { Virsh } from './virsh.js';

/** What a libvirt's own domain says of its machine, as `addImage` takes it. */
export interface PersistentDomain {
  /** Its first disk, which is only ever read. */
  readonly file: string;
  readonly format?: AddOptions['format'];
  readonly architecture: Architecture;
  /** Models of its network cards that are known here. */
  readonly nics: readonly string[];
  readonly appliance: Pick<Appliance, 'bus' | 'firmware' | 'machine' | 'ramMib'>;
}

const architectures: Readonly<Record<string, Architecture>> = {
  x86_64: 'amd64',
  i686: 'i386',
  aarch64: 'arm64',
  riscv64: 'riscv64',
};
const buses: Readonly<Record<string, Appliance['bus']>> = {
  virtio: 'virtio',
  ide: 'ide',
  sata: 'ide',
  scsi: 'scsi',
};

function children(parent: XmlElement | undefined, name: string): XmlElement[] {
  return (parent?.children ?? []).filter(
    (child): child is XmlElement => child instanceof XmlElement && child.name === name,
  );
}

function child(parent: XmlElement | undefined, ...path: string[]): XmlElement | undefined {
  return path.reduce<XmlElement | undefined>((at, name) => children(at, name)[0], parent);
}

/** `pc-q35-7.2` → `q35`, as images have it. */
function machineType(name: string | undefined): string | undefined {
  return ['q35', 'virt'].find((each) => name?.includes(each)) ?? (name?.startsWith('pc') ? 'pc' : undefined);
}

function knownOr<T extends string>(
  known: Readonly<Record<string, T>>,
  found: string | undefined,
  what: string,
): T {
  const value = known[found ?? ''];
  if (value !== undefined) return value;
  throw new InputError(`${what} is ${found ?? 'not said'}, of which nothing is known here`, {
    remedy: `there are: ${Object.keys(known).join(', ')}`,
  });
}

/**
 * Reads the definition of a domain.
 *
 * @param xml what `virsh dumpxml` prints: memory is in KiB
 * @throws InputError when it has no disk in a file, or hardware that images cannot have
 */
export function readDomain(xml: string, name: string): PersistentDomain {
  const domain = parseXml(xml).root ?? undefined;
  const type = child(domain, 'os', 'type');
  const disks = children(child(domain, 'devices'), 'disk').filter(
    ({ attributes }) => (attributes.device ?? 'disk') === 'disk',
  );
  const [disk] = disks;
  if (!disk) throw new InputError(`the domain ${name} has no disk to boot from`);
  const source = child(disk, 'source')?.attributes;
  const file = source?.file ?? source?.dev;
  if (file === undefined)
    throw new InputError(
      `the disk of the domain ${name} is no file: it is of the type ${disk.attributes.type}`,
      {
        remedy: 'copy it to a file with `virsh vol-download` or `qemu-img convert`, and add that',
      },
    );
  const format = bootChoices.formats.find((each) => each === child(disk, 'driver')?.attributes.type);
  const loader = child(domain, 'os', 'loader')?.attributes.type;
  const isUefi = child(domain, 'os')?.attributes.firmware === 'efi' || loader === 'pflash';
  const machine = machineType(type?.attributes.machine);
  const models = children(child(domain, 'devices'), 'interface').map(
    (each) => child(each, 'model')?.attributes.type,
  );
  return {
    file,
    ...(format && { format }),
    architecture: knownOr(architectures, type?.attributes.arch, `the processor of the domain ${name}`),
    nics: models
      .map((model) => (model === 'virtio' ? 'virtio-net-pci' : model))
      .filter((model) => bootChoices.nics.some((known) => known === model)) as string[],
    appliance: {
      bus: knownOr(buses, child(disk, 'target')?.attributes.bus, `the bus of the disk of the domain ${name}`),
      firmware: isUefi ? 'uefi' : 'bios',
      machine,
      ramMib: Math.round(Number(child(domain, 'memory')?.text ?? 0) / 1024),
    },
  };
}

/**
 * Asks a libvirt for a domain of its own.
 *
 * @throws InputError when there is none of this name, when it runs, so that its disk changes, or cannot be an image
 */
export async function persistentDomain(virsh: Virsh, name: string): Promise<PersistentDomain> {
  const names = (await virsh.run('list', '--all', '--name')).split('\n').filter((each) => each !== '');
  if (!names.includes(name))
    throw new InputError(`the libvirt at ${virsh.uri} has no domain ${name}`, {
      remedy:
        names.length > 0 ? `it has: ${names.join(', ')}` : 'it has none at all; name another with --uri',
    });
  const state = (await virsh.run('domstate', name)).trim();
  if (state !== 'shut off')
    throw new InputError(`the domain ${name} is ${state}: its disk changes while it is read`, {
      remedy: `end it first, with: virsh -c ${virsh.uri} shutdown ${name}`,
    });
  return readDomain(await virsh.run('dumpxml', '--inactive', name), name);
}

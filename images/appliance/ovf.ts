import { parseXml, XmlElement } from '@rgrove/parse-xml';
import { InputError } from '../../src/errors.js';

/** What an OVF descriptor (DMTF DSP0243) says that matters here. */
export interface Ovf {
  /** Files that the first disk is made of, in order: more than one where it was cut into chunks. */
  readonly disk: {
    readonly href: string;
    readonly chunkSize: number | undefined;
    readonly size: number | undefined;
  };
  /** Set when the disk's controller is a virtio block device; no other kind says which driver the machine has. */
  readonly bus: 'virtio' | undefined;
  readonly ramMib: number | undefined;
  /** Resource subtype of the first network card: `E1000`, `VmxNet3`, `PCNet32`. */
  readonly nic: string | undefined;
  readonly firmware: 'bios' | 'uefi';
  readonly system: string | undefined;
}

const resource = { memory: '4', ethernet: '10', disk: '17' } as const;

function* elements(parent: XmlElement): Generator<XmlElement> {
  for (const child of parent.children)
    if (child instanceof XmlElement) {
      yield child;
      yield* elements(child);
    }
}

const localName = (name: string) => name.slice(name.indexOf(':') + 1);
const named = (parent: XmlElement, name: string) =>
  [...elements(parent)].filter((element) => localName(element.name) === name);
const text = (parent: XmlElement, name: string) => named(parent, name)[0]?.text.trim();

function attribute(element: XmlElement, name: string): string | undefined {
  const found = Object.entries(element.attributes).find(([key]) => localName(key) === name);
  return found?.[1];
}

/** `byte * 2^20` or `MegaBytes` as a number of bytes; DSP0004 annex C.1. */
function unit(text: string | undefined): number {
  const power = /\^\s*(\d+)/.exec(text ?? '')?.[1];
  if (power !== undefined) return 2 ** Number(power);
  const letter = /^\s*([kmg])/i.exec(text ?? '')?.[1]?.toLowerCase();
  return letter === 'k' ? 2 ** 10 : letter === 'g' ? 2 ** 30 : 2 ** 20;
}

/**
 * Reads an OVF descriptor.
 *
 * @throws InputError when it is not XML, describes no machine, or its machine has no disk
 */
export function readOvf(xml: string, file: string): Ovf {
  let root: XmlElement | null;
  try {
    root = parseXml(xml.replace(/[\0\s]+$/, '')).root;
  } catch (error) {
    throw new InputError(`${file} is not well-formed XML: ${(error as Error).message.split('\n')[0]}`);
  }
  const system = root && [...elements(root)].find((element) => localName(element.name) === 'VirtualSystem');
  if (!root || !system) throw new InputError(`${file} describes no virtual system`);
  const items = named(system, 'Item');
  const ofType = (type: string) => items.filter((item) => text(item, 'ResourceType') === type);
  const [memory] = ofType(resource.memory);
  const [nic] = ofType(resource.ethernet);
  const quantity = Number(memory && text(memory, 'VirtualQuantity'));
  const config = named(system, 'Config').find((each) => attribute(each, 'key') === 'firmware');
  const [drive] = ofType(resource.disk);
  const controller = items.find((item) => drive && text(item, 'InstanceID') === text(drive, 'Parent'));
  const isVirtio = /^virtio(-?blk)?$/i.test((controller && text(controller, 'ResourceSubType')) ?? '');
  return {
    bus: isVirtio ? 'virtio' : undefined,
    disk: firstDisk(root, ofType(resource.disk), file),
    ramMib:
      memory && quantity > 0
        ? Math.round((quantity * unit(text(memory, 'AllocationUnits'))) / 2 ** 20)
        : undefined,
    nic: nic && text(nic, 'ResourceSubType'),
    firmware: (config && attribute(config, 'value')) === 'efi' ? 'uefi' : 'bios',
    system: text(system, 'Description'),
  };
}

function firstDisk(root: XmlElement, drives: readonly XmlElement[], file: string): Ovf['disk'] {
  const disks = named(root, 'Disk').filter((disk) => attribute(disk, 'diskId') !== undefined);
  const wanted = drives[0] && text(drives[0], 'HostResource')?.split('/').at(-1);
  const disk = disks.find((each) => attribute(each, 'diskId') === wanted) ?? disks[0];
  const reference = disk && attribute(disk, 'fileRef');
  const source = named(root, 'File').find((each) => attribute(each, 'id') === reference);
  const href = source && attribute(source, 'href');
  if (reference === undefined || !source || href === undefined)
    throw new InputError(`${file} describes a machine without a disk image`, {
      remedy: 'export the machine again, with its disk',
    });
  const number = (name: string) =>
    attribute(source, name) === undefined ? undefined : Number(attribute(source, name));
  return { href, chunkSize: number('chunkSize'), size: number('size') };
}

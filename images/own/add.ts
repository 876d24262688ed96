import { mkdir, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { InputError } from '../../src/errors.js';
import { type Appliance, applianceSchema, nicModels } from '../appliance/appliance.js';
import type { DiskFormat } from '../appliance/format.js';
import { type Taken, takeFile } from '../appliance/take.js';
import { type Labels, loadCatalog } from '../catalog.js';
import type { Architecture } from '../catalog-schema.js';
import { exclusively } from '../exclusive.js';
import type { OnProgress } from '../progress.js';
import { sha256File } from '../sha256.js';
import { writingTo } from '../storage-fault.js';
import { ImageStore } from '../store.js';
import { untilNothingIsRemoved } from '../store-lock.js';
import { withTemporaryFolder } from '../temporary-folder.js';
import { OwnCatalog, type OwnImage } from './catalog.js';
import { takeRoot } from './container.js';

/** What is said of a file that is added; what is left out is taken from the file, or a default. */
export interface AddOptions {
  readonly file: string;
  readonly initrd?: string | undefined;
  /** The id under which a scenario asks for it. */
  readonly name: string;
  readonly labels: Labels;
  /** SHA-256 that the file must have, hexadecimal. */
  readonly sha256?: string | undefined;
  readonly format?: DiskFormat | undefined;
  readonly architecture: Architecture;
  readonly nics?: readonly string[] | undefined;
  readonly append?: string | undefined;
  readonly note?: string | undefined;
  readonly appliance?: Partial<Omit<Appliance, 'medium'>>;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: OnProgress | undefined;
}

const namePattern = /^[a-z][a-z0-9._+-]{0,63}$/;

/** NIC models of QEMU by the resource subtypes that OVF descriptors use. */
const ovfNics: Readonly<Record<string, string>> = {
  e1000: 'e1000',
  e1000e: 'e1000e',
  vmxnet3: 'vmxnet3',
  pcnet32: 'pcnet',
  virtio: 'virtio-net-pci',
};

async function checkName(name: string): Promise<void> {
  if (!namePattern.test(name))
    throw new InputError(`"${name}" cannot be the name of an image`, {
      remedy:
        'a name is up to 64 lower-case letters, digits and . _ + -, a letter first; give one with --name',
    });
  const entry = (await loadCatalog()).find(name);
  if (!entry) return;
  throw new InputError(`there is an image ${name} already`, {
    remedy: entry.own
      ? `remove it first, with: stackbed images remove ${name}`
      : 'give another name with --name',
  });
}

/** @returns the SHA-256 of the file, hexadecimal. Throws InputError when it is not the one that is expected. */
async function digestOf(file: string, expected: string | undefined): Promise<string> {
  const found = await sha256File(file).catch((error: NodeJS.ErrnoException) => {
    throw new InputError(
      `cannot read ${file}: ${error.code === 'ENOENT' ? 'there is no such file' : error.message}`,
    );
  });
  if (expected !== undefined && expected.toLowerCase() !== found)
    throw new InputError(`${file} has the SHA-256 ${found}, not ${expected.toLowerCase()}`, {
      remedy: 'it was damaged or changed: fetch it again',
    });
  return found;
}

function nicsOf({ nics }: AddOptions, { medium, ovf }: Taken): readonly string[] {
  const unknown = nics?.find((nic) => !(nicModels as readonly string[]).includes(nic));
  if (unknown !== undefined)
    throw new InputError(`the NIC model ${unknown} is not known; known: ${nicModels.join(', ')}`);
  if (nics && nics.length > 0) return nics;
  const hinted = ovfNics[ovf?.nic?.toLowerCase() ?? ''];
  return [hinted ?? (medium === 'kernel' || medium === 'container' ? 'virtio-net-pci' : 'e1000')];
}

function applianceOf({ appliance, architecture }: AddOptions, { medium, ovf }: Taken): Appliance {
  const isPc = architecture === 'amd64' || architecture === 'i386';
  const given = Object.fromEntries(
    Object.entries(appliance ?? {}).filter(([, value]) => value !== undefined),
  );
  const found = applianceSchema.parse({
    firmware: ovf?.firmware ?? (isPc ? 'bios' : 'uefi'),
    bus: ovf?.bus ?? (isPc ? 'ide' : 'virtio'),
    address: medium === 'kernel' || medium === 'container' ? 'kernel' : 'dhcp',
    ...(ovf?.ramMib !== undefined && { ramMib: ovf.ramMib }),
    ...given,
    medium,
  });
  if (found.address === 'kernel' && medium !== 'kernel' && medium !== 'container')
    throw new InputError(
      `a machine that boots from a ${medium} cannot be told its address by the kernel's command line`,
      {
        remedy: 'let it ask by DHCP, --address dhcp, or say which it has, --address fixed=ADDRESS/PREFIX',
      },
    );
  return found;
}

/**
 * Adds a user's own machine image: checked, converted once, kept in the store by content. The catalogue then has
 * it under `name`.
 *
 * @throws InputError for a name that is taken, a file that is not whole, not recognised, or has another digest
 * @throws CapabilityError when qemu-img is missing or the disk is full
 * @throws InterruptedError when `signal` is raised
 */
export async function addImage(options: AddOptions): Promise<OwnImage> {
  const { file, name, labels, architecture, append = '', note, signal, onProgress } = options;
  await checkName(name);
  const sha256 = await digestOf(file, options.sha256);
  const store = new ImageStore();
  return writingTo(store.folder, async () => {
    await mkdir(store.folder, { recursive: true });
    return exclusively(join(store.folder, '.own.lock'), { signal }, async () => {
      await untilNothingIsRemoved(store.folder, { signal });
      onProgress?.({ kind: 'convert', id: name });
      return withTemporaryFolder(store.folder, async (folder) => {
        const isContainer = options.appliance?.container !== undefined;
        const taken = await (isContainer ? takeRoot(file, folder) : takeFile({ ...options, folder }));
        const nics = [...nicsOf(options, taken)];
        const appliance = applianceOf(options, taken);
        const about = {
          id: name,
          architecture,
          append,
          nics,
          labels,
          appliance,
          packages: [],
          recipe: 'own',
          release: '',
        };
        const { digest } = await store.adopt(folder, taken.files, about);
        const image: OwnImage = {
          ...{ digest, labels, architecture, nics, append, appliance },
          ...(note !== undefined && { note }),
          source: { name: basename(file), format: taken.format, sha256, size: (await stat(file)).size },
        };
        await new OwnCatalog().change((images) => {
          images[name] = image;
        });
        onProgress?.({ kind: 'ready', id: name, digest, fromStore: false });
        return image;
      });
    });
  });
}

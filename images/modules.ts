import { readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { CapabilityError } from '../src/errors.js';
import { unpackXz } from './compression.js';
import { dependencies, withoutSignature } from './modinfo.js';

/** A kernel module ready for `insmod`: uncompressed, without its signature. */
export interface Module {
  readonly name: string;
  readonly data: Buffer;
}

/** The drivers that a NIC model of QEMU needs beside the PCI core. */
const driversOf: Readonly<Record<string, readonly string[]>> = {
  'virtio-net-pci': ['virtio_pci', 'virtio_net'],
  e1000: ['e1000'],
  e1000e: ['e1000e'],
  rtl8139: ['8139cp'],
  pcnet: ['pcnet32'],
  vmxnet3: ['vmxnet3'],
};

/** Module names treat `-` and `_` alike (kmod). */
const normalize = (file: string) =>
  basename(file)
    .replace(/\.ko(\.xz)?$/, '')
    .replaceAll('-', '_');

async function unpack(file: string): Promise<Buffer> {
  const data = await readFile(file);
  return withoutSignature(file.endsWith('.xz') ? await unpackXz(data) : data);
}

/** The modules of an unpacked kernel: which are files, which are built in. */
export class ModuleTree {
  private constructor(
    private readonly files: ReadonlyMap<string, string>,
    private readonly builtIn: ReadonlySet<string>,
  ) {}

  /** @param folder `/lib/modules/<release>` of the unpacked packages */
  static async open(folder: string): Promise<ModuleTree> {
    const names = await readdir(folder, { recursive: true });
    const files = names.filter((name) => /\.ko(\.xz)?$/.test(name)).map((name) => join(folder, name));
    const list = await readFile(join(folder, 'modules.builtin'), 'utf8').catch(() => '');
    return new ModuleTree(
      new Map(files.map((file) => [normalize(file), file])),
      new Set(list.split('\n').filter(Boolean).map(normalize)),
    );
  }

  /** Those of `nics` (models as QEMU names them) that this kernel has drivers for. */
  drivable(nics: readonly string[]): string[] {
    const has = (driver: string) => this.files.has(driver) || this.builtIn.has(driver);
    return nics.filter((nic) => (driversOf[nic] ?? [nic]).every(has));
  }

  /**
   * What must be loaded, in order, for the guest to drive `nics`. The order comes from the modules themselves,
   * since which parts of virtio are modules differs between kernels.
   *
   * @throws CapabilityError when the kernel has no driver for one of them
   */
  async forNics(nics: readonly string[]): Promise<Module[]> {
    const loaded = new Map<string, Module>();
    for (const nic of nics) {
      for (const driver of driversOf[nic] ?? [nic]) await this.#load(driver, loaded);
    }
    return [...loaded.values()];
  }

  /**
   * Modules with those that they need, in the order in which they can be loaded; what is built in is left out.
   *
   * @throws CapabilityError naming those that this kernel does not have
   */
  async inOrder(names: readonly string[]): Promise<Module[]> {
    const absent = names.filter((name) => !this.files.has(name) && !this.builtIn.has(name));
    if (absent.length > 0) throw new CapabilityError(`the kernel has no module ${absent.join(', ')}`);
    const loaded = new Map<string, Module>();
    for (const name of names) await this.#load(name, loaded);
    return [...loaded.values()];
  }

  async #load(name: string, loaded: Map<string, Module>, above: readonly string[] = []): Promise<void> {
    const file = this.files.get(name);
    if (!file || loaded.has(name) || above.includes(name)) return;
    const data = await unpack(file);
    for (const needed of dependencies(data))
      await this.#load(needed.replaceAll('-', '_'), loaded, [...above, name]);
    loaded.set(name, { name, data });
  }
}

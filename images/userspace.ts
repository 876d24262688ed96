import { readdir, readFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { CapabilityError } from '../src/errors.js';
import type { CpioEntry } from './cpio.js';
import { Elf } from './elf.js';

/** What goes into a guest's file system; paths as with merged /usr. */
export interface Content {
  /** They bring the loader and the libraries that they need. */
  readonly programs: readonly string[];
  /** Names by which busybox is called. */
  readonly applets: readonly string[];
  readonly files?: readonly string[];
}

const ofEveryGuest: Content = {
  programs: ['bin/busybox', 'bin/perl'],
  applets: ['sh', 'insmod', 'mount', 'reboot', 'sleep'],
};

/** Folders for `paths`, parents before children. */
function folders(paths: readonly string[]): CpioEntry[] {
  const all = new Set<string>();
  for (const path of paths) {
    for (let folder = dirname(path); folder !== '.'; folder = dirname(folder)) all.add(folder);
  }
  return [...all].sort().map((path) => ({ type: 'directory', path }));
}

/**
 * Unpacked packages seen as one tree: /bin, /lib… and their namesakes below /usr are the same (merged /usr).
 */
class Tree {
  private constructor(
    private readonly root: string,
    private readonly libraries: ReadonlyMap<string, string>,
  ) {}

  static async open(root: string): Promise<Tree> {
    const libraries = new Map<string, string>();
    for (const folder of ['lib', 'lib64', 'usr/lib', 'usr/lib64']) {
      const names = await readdir(join(root, folder), { recursive: true }).catch(() => []);
      // The plainest path wins over variants for newer processors.
      for (const name of names.sort((a, b) => b.length - a.length || (a < b ? -1 : 1))) {
        if (/\.so(\.|$)/.test(name)) libraries.set(basename(name), join(folder, name));
      }
    }
    return new Tree(root, libraries);
  }

  async read(path: string): Promise<Buffer> {
    const places = [join(this.root, path), join(this.root, 'usr', path)];
    for (const place of places) {
      const data = await readFile(place).catch(() => undefined);
      if (data) return data;
    }
    throw new CapabilityError(`the packages for the guest's user space hold no ${path}`);
  }

  /** Where the guest should have the library `name`. */
  library(name: string): string {
    const path = this.libraries.get(name);
    if (!path) throw new CapabilityError(`the packages for the guest's user space hold no ${name}`);
    return path.replace(/^usr\//, '');
  }
}

/**
 * The guest's programs and the libraries that they need, as members of an initramfs in a fixed order.
 *
 * @param root folder in which the packages were unpacked
 * @throws CapabilityError when something is missing there
 */
export async function userspace(root: string, content = ofEveryGuest): Promise<CpioEntry[]> {
  const tree = await Tree.open(root);
  const files = new Map<string, Buffer>();
  const add = async (path: string, source = path): Promise<void> => {
    if (files.has(path)) return;
    const data = await tree.read(source);
    files.set(path, data);
    const elf = Elf.parse(data);
    const loader = elf?.interpreter()?.replace(/^\//, '');
    // The loader has one absolute path in every program, wherever its package puts it.
    if (loader) await add(loader, tree.library(basename(loader)));
    for (const name of elf?.needed() ?? []) if (!/^ld[-.]/.test(name)) await add(tree.library(name));
  };
  for (const path of [...content.programs, ...(content.files ?? [])]) await add(path);
  return [
    ...folders([...files.keys()]),
    ...[...files].map(([path, data]) => ({ type: 'file' as const, path, mode: 0o755, data })),
    ...content.applets.map((name) => ({ type: 'symlink' as const, path: `bin/${name}`, target: 'busybox' })),
  ];
}

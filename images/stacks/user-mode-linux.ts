import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CapabilityError } from '../../src/errors.js';
import { packageRoot } from '../../src/package-root.js';
import { initramfs } from '../initramfs.js';
import { userspace } from '../userspace.js';

const guestFolder = join(packageRoot, 'images/guest');

/** What goes inside: the init of every guest, started by one that gives the card its usual name. */
export async function guestFiles(): Promise<Record<string, Buffer>> {
  const sources = { init: 'init-user-mode-linux', 'init-common': 'init', 'listen.pl': 'listen.pl' };
  const read = async ([name, file]: [string, string]) =>
    [name, await readFile(join(guestFolder, file))] as const;
  return Object.fromEntries(await Promise.all(Object.entries(sources).map(read)));
}

/** User-Mode Linux out of its unpacked package: the kernel that is a program, and an initramfs of unpacked user space. */
export async function userModeLinux(
  tree: string,
): Promise<{ program: Buffer; release: string; initrd: Buffer }> {
  const modules = (await readdir(join(tree, 'usr/lib/uml/modules')).catch(() => []))[0];
  const program = await readFile(join(tree, 'usr/bin/linux.uml')).catch(() => undefined);
  if (!modules || !program)
    throw new CapabilityError('the package of User-Mode Linux holds no linux.uml or no modules');
  const initrd = initramfs({ userspace: await userspace(tree), scripts: await guestFiles(), modules: [] });
  return { program, release: modules, initrd };
}

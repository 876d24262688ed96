import { readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { CapabilityError } from '../../src/errors.js';
import { packageRoot } from '../../src/package-root.js';
import { Elf } from '../elf.js';
import { initramfs } from '../initramfs.js';
import { userspace } from '../userspace.js';

const guestFolder = join(packageRoot, 'images/guest');

/** What goes inside: the init of every guest, started by one that gives the card its usual name. */
export async function guestFiles(): Promise<Record<string, Buffer>> {
  const sources = { init: 'init-user-mode-linux', 'init-common': 'init', 'machine.pl': 'machine.pl' };
  const read = async ([name, file]: [string, string]) =>
    [name, await readFile(join(guestFolder, file))] as const;
  return Object.fromEntries(await Promise.all(Object.entries(sources).map(read)));
}

/**
 * Lets the program ask for the loader that came along, by a path relative to the image's folder. It cannot be started through
 * a loader: it would take the loader's heap for its own end, and start itself anew as the loader.
 */
function withOwnLoader(program: Buffer): Buffer {
  const loader = Elf.parse(program)?.interpreter();
  if (!loader) return program;
  const own = `lib/${basename(loader)}`;
  const at = program.indexOf(`${loader}\0`);
  const patched = Buffer.from(program);
  patched.write(own.padEnd(loader.length, '\0'), at, 'latin1');
  return patched;
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
  return { program: withOwnLoader(program), release: modules, initrd };
}

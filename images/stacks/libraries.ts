import { readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { CapabilityError } from '../../src/errors.js';
import { Elf } from '../elf.js';

/** Shared libraries in unpacked packages, by name. */
async function librariesIn(tree: string): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  for (const folder of ['usr/lib', 'lib', 'usr/lib64', 'lib64']) {
    const names = await readdir(join(tree, folder), { recursive: true }).catch(() => []);
    for (const name of names)
      if (/\.so(\.|$)/.test(name) && !found.has(basename(name)))
        found.set(basename(name), join(tree, folder, name));
  }
  return found;
}

/**
 * The loader and every library that `programs` need, out of unpacked packages, by name: with them they run on machines
 * whose own C library is another. Empty for programs without a loader; what is no program needs nothing.
 *
 * @throws CapabilityError naming a library that no package has
 */
export async function sharedLibraries(
  programs: readonly Buffer[],
  tree: string,
): Promise<Map<string, Buffer>> {
  const libraries = await librariesIn(tree);
  const wanted = new Map<string, Buffer>();
  const add = async (name: string): Promise<void> => {
    if (wanted.has(name)) return;
    const path = libraries.get(name);
    if (!path) throw new CapabilityError(`none of the image's packages has the library ${name}`);
    const data = await readFile(path);
    wanted.set(name, data);
    for (const next of Elf.parse(data)?.needed() ?? []) await add(next);
  };
  for (const program of programs) {
    const elf = Elf.parse(program);
    const loader = elf?.interpreter();
    if (loader) await add(basename(loader));
    // Without a loader it is static, or a library of ours, which needs what its program has.
    if (loader) for (const name of elf!.needed()) await add(name);
  }
  return new Map([...wanted].sort(([a], [b]) => (a < b ? -1 : 1)));
}

import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CapabilityError } from '../src/errors.js';
import { packageRoot } from '../src/package-root.js';
import { applianceRecipe } from './appliance/recipe.js';
import type { CatalogEntry } from './catalog.js';
import type { Family } from './catalog-schema.js';
import { initramfs } from './initramfs.js';
import { bootableKernel } from './kernel.js';
import { ModuleTree } from './modules.js';
import { netemApplianceInitramfs, netemApplianceRecipe } from './netem-appliance/recipe.js';
import { stackRecipe } from './stacks/build.js';
import { withTemporaryFolder } from './temporary-folder.js';
import { unpack } from './unpack.js';
import { userspace } from './userspace.js';

/** Raised by hand when the same packages and scripts would give other bytes. */
const builderVersion = 3;

async function guestScripts(): Promise<Record<string, Buffer>> {
  const names = ['init', 'machine.pl'];
  const read = async (name: string) =>
    [name, await readFile(join(packageRoot, 'images/guest', name))] as const;
  return Object.fromEntries(await Promise.all(names.map(read)));
}

/** Identifies this builder together with what it puts into an image beside packages. */
export async function recipeVersion(family: Family): Promise<string> {
  const hash = createHash('sha256').update(JSON.stringify([family.arguments, family.flavours]));
  for (const script of Object.values(await guestScripts())) hash.update(script);
  return `${builderVersion}-${hash.digest('hex').slice(0, 12)}`;
}

/** Identifies how `entry` is built. */
export async function recipeOf(entry: CatalogEntry, family: Family): Promise<string> {
  if (entry.netem) return netemApplianceRecipe(entry.netem);
  if (entry.appliance) return applianceRecipe(entry.appliance);
  return entry.stack ? stackRecipe(entry.stack) : recipeVersion(family);
}

/** From 7.2 the kernel lies beside its modules; with merged /usr both folders may be below /usr. */
async function locate(tree: string, release: string): Promise<{ kernel: string; modules: string }> {
  const firstWith = async (folders: readonly string[], test: (name: string) => boolean) => {
    for (const folder of folders) {
      const name = (await readdir(join(tree, folder)).catch(() => [])).find(test);
      if (name) return join(tree, folder, name);
    }
    throw new CapabilityError(
      `the packages of ${release} hold no kernel or no modules where they are expected`,
    );
  };
  const moduleFolders = ['usr/lib/modules', 'lib/modules'];
  const kernelFolders = ['boot', ...moduleFolders.map((folder) => `${folder}/${release}`)];
  return {
    kernel: await firstWith(kernelFolders, (name) => /^vmlinu[xz](-|$)/.test(name)),
    modules: await firstWith(moduleFolders, (name) => name === release),
  };
}

/**
 * Makes kernel and initramfs out of downloaded packages. Equal packages give equal bytes.
 *
 * @param entry its NIC models are those that are wanted; those that the kernel has drivers for come back
 * @param release `uname -r` of the kernel in them
 * @param scratch where temporary files may be put
 */
export async function buildImage(
  debs: readonly string[],
  release: string,
  { nics, netem }: Pick<CatalogEntry, 'nics' | 'netem'>,
  scratch: string,
): Promise<{ kernel: Buffer; initrd: Buffer; nics: string[] }> {
  return withTemporaryFolder(scratch, async (folder) => {
    for (const deb of debs) await unpack(deb, folder);
    const found = await locate(folder, release);
    const tree = await ModuleTree.open(found.modules);
    const drivable = tree.drivable(nics);
    if (drivable.length === 0) {
      throw new CapabilityError(`the kernel ${release} has no driver for any of ${nics.join(', ')}`);
    }
    const initrd = netem
      ? await netemApplianceInitramfs(netem, folder, found.modules)
      : initramfs({
          userspace: await userspace(folder),
          scripts: await guestScripts(),
          modules: await tree.forNics(drivable),
        });
    return { kernel: await bootableKernel(await readFile(found.kernel), folder), initrd, nics: drivable };
  });
}

import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { CapabilityError } from '../../src/errors.js';
import { packageRoot } from '../../src/package-root.js';
import { initramfs } from '../initramfs.js';
import { ModuleTree } from '../modules.js';
import { type Content, userspace } from '../userspace.js';

/** Raised by hand when the same packages and scripts would give other bytes. */
const builderVersion = 1;

/** The form of images/catalog/netem-appliance.yaml. */
export const netemApplianceSchema = z.strictObject({
  id: z.string(),
  /** Id of the kernel in the catalogue. */
  kernel: z.string(),
  /** Suite to packages, beside those of the kernel and of every guest's user space. */
  packages: z.record(z.string(), z.array(z.string()).min(1)),
  /** Paths of programs in the packages, as with merged /usr. */
  programs: z.array(z.string()).min(1),
  /** Names by which busybox is called. */
  applets: z.array(z.string()).min(1),
  /** Folders whose files go in as they are. */
  files: z.array(z.string()),
  modules: z.array(z.array(z.string()).min(1)).min(1),
  note: z.string(),
});

/** How the netem appliance is made. */
export type NetemApplianceRecipe = z.infer<typeof netemApplianceSchema>;

async function scripts(): Promise<Record<string, Buffer>> {
  const sources = { init: 'init-netem-appliance', 'netem-appliance.pl': 'netem-appliance.pl' };
  const read = async ([name, file]: [string, string]) =>
    [name, await readFile(join(packageRoot, 'images/guest', file))] as const;
  return Object.fromEntries(await Promise.all(Object.entries(sources).map(read)));
}

/** Identifies how it is built: the recipe, and what goes into it beside packages. */
export async function netemApplianceRecipe(recipe: NetemApplianceRecipe): Promise<string> {
  const hash = createHash('sha256').update(JSON.stringify(recipe));
  for (const script of Object.values(await scripts())) hash.update(script);
  return `netem-appliance-${builderVersion}-${hash.digest('hex').slice(0, 12)}`;
}

async function filesBelow(root: string, folder: string): Promise<string[]> {
  for (const place of [join('usr', folder), folder]) {
    const names = await readdir(join(root, place)).catch(() => []);
    if (names.length > 0) return names.sort().map((name) => join(folder, name));
  }
  throw new CapabilityError(`none of the packages of the netem appliance has the folder ${folder}`);
}

/**
 * The initramfs of the netem appliance out of unpacked packages.
 *
 * @param root folder in which the packages were unpacked
 * @param modules `/lib/modules/<release>` in it
 * @throws CapabilityError when a program, a library or a module is missing there
 */
export async function netemApplianceInitramfs(
  recipe: NetemApplianceRecipe,
  root: string,
  modules: string,
): Promise<Buffer> {
  const files: string[] = [];
  for (const folder of recipe.files) files.push(...(await filesBelow(root, folder)));
  const content: Content = {
    programs: ['bin/busybox', 'bin/perl', ...recipe.programs],
    applets: recipe.applets,
    files,
  };
  const tree = await ModuleTree.open(modules);
  // Programs name /usr in paths that are compiled in.
  const usr = { type: 'symlink', path: 'usr', target: '.' } as const;
  return initramfs({
    userspace: [usr, ...(await userspace(root, content))],
    scripts: await scripts(),
    modules: await tree.inOrder(recipe.modules.flat()),
  });
}

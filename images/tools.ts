import { createHash } from 'node:crypto';
import { cp, mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { CapabilityError } from '../src/errors.js';
import { packageRoot } from '../src/package-root.js';
import { findMirror } from './debian/mirror.js';
import { loadPackageIndex } from './debian/package-index.js';
import { PackageStore } from './packages.js';
import type { OnProgress } from './progress.js';
import { sharedLibraries } from './stacks/libraries.js';
import { newestOf } from './stacks/resolve.js';
import { writingTo } from './storage-fault.js';
import { cacheFolder } from './store.js';
import { withTemporaryFolder } from './temporary-folder.js';
import { unpack } from './unpack.js';

const toolSchema = z.strictObject({
  about: z.string(),
  /** Suite to packages; all of them are unpacked, none is installed. */
  packages: z.record(z.string(), z.array(z.string()).min(1)),
  /** Paths of the programs in the packages. */
  programs: z.array(z.string()).default([]),
  /** Paths of files that are read. */
  files: z.array(z.string()).optional(),
  /** Path of a library in the packages that is loaded before the programs' own. */
  preload: z.string().optional(),
});
const toolsSchema = z.strictObject({ tools: z.record(z.string(), toolSchema) });

type ToolRecipe = z.infer<typeof toolSchema>;

/** Raised by hand when the same packages would be put together otherwise. */
const builderVersion = 1;

/** Parts of the C library: those of this machine must be used, since its loader is. */
const ofLibc = /^(ld[-.]|lib(c|m|dl|rt|pthread|resolv)\.so)/;

/** Programs out of packages, with the libraries that they need beside the C library. */
export interface Tool {
  /** Folder of the programs. */
  readonly bin: string;
  /** Folder of their libraries, for LD_LIBRARY_PATH. */
  readonly lib: string;
  /** Folder of the files that are read. */
  readonly share: string;
  /** A library that its programs need to have loaded first, for LD_PRELOAD. */
  readonly preload?: string | undefined;
  /** What it was made of, as `name=version`. */
  readonly packages: readonly string[];
}

const folders = (folder: string) => ({
  bin: join(folder, 'bin'),
  lib: join(folder, 'lib'),
  share: join(folder, 'share'),
});

async function recipeOf(name: string): Promise<ToolRecipe> {
  const text = await readFile(join(packageRoot, 'images/catalog/tools.yaml'), 'utf8');
  const recipe = toolsSchema.parse(parse(text)).tools[name];
  if (!recipe) throw new Error(`the catalogue has no tool ${name}`);
  return recipe;
}

const architecture = 'amd64';

/**
 * A tool of images/catalog/tools.yaml, unpacked into the cache when it is not there yet.
 *
 * @throws CapabilityError when the archive cannot be reached or lacks a package, or for another architecture
 */
export async function obtainTool(
  name: string,
  options: { readonly onProgress?: OnProgress; readonly signal?: AbortSignal } = {},
): Promise<Tool> {
  const recipe = await recipeOf(name);
  if (process.arch !== 'x64')
    throw new CapabilityError(`${name} is unpacked from packages for ${architecture}, not ${process.arch}`, {
      remedy: 'install it from your distribution',
    });
  const key = createHash('sha256')
    .update(JSON.stringify([builderVersion, recipe]))
    .digest('hex');
  const tools = join(cacheFolder(), 'tools');
  const folder = join(tools, `${name}-${key.slice(0, 12)}`);
  const made = async (): Promise<Tool | undefined> => {
    const text = await readFile(join(folder, 'tool.json'), 'utf8').catch(() => undefined);
    if (text === undefined) return undefined;
    const packages = z.array(z.string()).parse(JSON.parse(text));
    const { preload } = recipe;
    return { ...folders(folder), packages, preload: preload && join(folder, 'lib', basename(preload)) };
  };
  const before = await made();
  if (before) return before;
  await writingTo(cacheFolder(), async () => {
    const packages = await fetch(name, recipe, options);
    options.onProgress?.({ kind: 'build', id: name });
    await withTemporaryFolder(tools, async (temporary) => {
      await assemble(recipe, packages.paths, temporary);
      await writeFile(join(temporary, 'made/tool.json'), `${JSON.stringify(packages.names, null, 2)}\n`);
      // Another process may have been as quick; its files are the same.
      await rename(join(temporary, 'made'), folder).catch(async (error) => {
        if (!(await made())) throw error;
      });
    });
  });
  return (await made())!;
}

async function fetch(
  name: string,
  recipe: ToolRecipe,
  { onProgress, signal }: { readonly onProgress?: OnProgress; readonly signal?: AbortSignal },
): Promise<{ paths: string[]; names: string[] }> {
  const suites = Object.keys(recipe.packages);
  const content = { mirror: await findMirror(), suites, architectures: [architecture] };
  const wanted = Object.values(recipe.packages).flat();
  // An index of its own, so that a new tool does not have that of the images read anew.
  const folder = join(cacheFolder(), 'apt', 'tools', name);
  const index = await loadPackageIndex(folder, content, wanted, { onProgress, signal });
  const packages = newestOf(name, recipe.packages, index);
  const store = new PackageStore();
  await store.fetch(packages, index.root, {
    signal,
    onReceived: (received, total) =>
      onProgress?.({ kind: 'download', id: name, packages: wanted, received, total }),
  });
  return {
    paths: packages.map((each) => store.path(each)),
    names: packages.map((each) => `${each.name}=${each.version}`),
  };
}

/** Leaves the tool in `made`. */
async function assemble(recipe: ToolRecipe, debs: readonly string[], folder: string): Promise<void> {
  const [tree, made] = [join(folder, 'tree'), join(folder, 'made')];
  await mkdir(tree);
  for (const deb of debs) await unpack(deb, tree);
  for (const part of Object.values(folders(made))) await mkdir(part, { recursive: true });
  const programs: Buffer[] = [];
  for (const path of recipe.programs) {
    programs.push(await readFile(join(tree, path)).catch(() => lacks(path)));
    await cp(join(tree, path), join(made, 'bin', basename(path)));
  }
  for (const path of recipe.files ?? [])
    await cp(join(tree, path), join(made, 'share', basename(path))).catch(() => lacks(path));
  for (const [name, data] of await sharedLibraries(programs, tree))
    if (!ofLibc.test(name)) await writeFile(join(made, 'lib', name), data, { mode: 0o644 });
  // Loaders would take a symbolic link for one into the tree, which is not kept.
  if (recipe.preload !== undefined)
    await cp(join(tree, recipe.preload), join(made, 'lib', basename(recipe.preload)), {
      dereference: true,
    }).catch(() => lacks(recipe.preload!));
}

function lacks(path: string): never {
  throw new CapabilityError(`none of the tool's packages has ${path}`);
}

import { rm } from 'node:fs/promises';
import { recipeOf } from './build.js';
import { type Catalog, loadCatalog } from './catalog.js';
import { sizeOf } from './folder-size.js';
import { knownLocks } from './known-locks.js';
import { LockFile } from './lock-file.js';
import { OwnCatalog } from './own/catalog.js';
import { PackageStore } from './packages.js';
import { writingTo } from './storage-fault.js';
import { ImageStore } from './store.js';
import { whileNothingIsPulled } from './store-lock.js';
import { abandoned, discard } from './temporary-folder.js';

/** Something in the store that no lock file names. */
export interface Unnamed {
  /** `leftover`: what a process that was killed was working on. */
  readonly kind: 'image' | 'package' | 'leftover';
  readonly path: string;
  /** The image's id, where that can be read. */
  readonly id?: string;
  /** In bytes. */
  readonly size: number;
}

export interface CollectOptions {
  /** Lock files that name what is kept, beside the cache folder's own and those that were pulled by. */
  readonly lockFiles?: readonly string[];
  /** Only tell what would be removed. */
  readonly dryRun?: boolean;
  /** Look at no other image than that of this digest. */
  readonly only?: string;
}

/**
 * Digests of images and packages that lock files name. The cache folder's own names images by every version of Stackbed that
 * used it; those that this version would build in another way are left out, their packages are not.
 */
async function namedDigests(catalog: Catalog, lockFiles: readonly string[]): Promise<Set<string>> {
  const named = new Set<string>();
  for (const path of [undefined, ...lockFiles]) {
    for (const [id, locked] of Object.entries(await new LockFile(path).read(path !== undefined))) {
      for (const { sha256 } of locked.packages) named.add(sha256);
      const entry = path === undefined ? catalog.find(id) : undefined;
      const recipe = entry && (await recipeOf(entry, catalog.family));
      for (const [by, digest] of Object.entries(locked.digests))
        if (recipe === undefined || by === recipe) named.add(digest);
    }
  }
  return named;
}

/**
 * Removes the images and packages that nothing names: no lock file (the cache folder's, those that were pulled by, `lockFiles`),
 * nor the catalogue of the user's own; and what killed processes left. Largest first; killed half way it has removed
 * some of it, and nothing else.
 *
 * @throws InputError when a lock file is none
 * @throws CapabilityError when images are being pulled
 */
export async function collectGarbage(options: CollectOptions = {}): Promise<Unnamed[]> {
  const { folder } = new ImageStore();
  return writingTo(folder, () => whileNothingIsPulled(folder, () => collect(options)));
}

async function collect(options: CollectOptions): Promise<Unnamed[]> {
  const images = new ImageStore();
  const packages = new PackageStore();
  const lockFiles = [...(await knownLocks()), ...(options.lockFiles ?? [])];
  const named = await namedDigests(await loadCatalog(), lockFiles);
  for (const { digest } of Object.values(await new OwnCatalog().read())) named.add(digest);
  const unnamed: Unnamed[] = [];
  const { only } = options;
  const isWanted = (digest: string) => !named.has(digest) && (only === undefined || only === digest);
  for (const { digest, path } of (await images.folders()).filter((each) => isWanted(each.digest))) {
    const id = (await images.find(digest))?.id;
    unnamed.push({ kind: 'image', path, size: await sizeOf(path), ...(id !== undefined && { id }) });
  }
  for (const { sha256, path, size } of await packages.list())
    if (isWanted(sha256)) unnamed.push({ kind: 'package', path, size });
  const leftovers =
    only !== undefined ? [] : await Promise.all([images.folder, packages.folder].map(abandoned));
  for (const path of leftovers.flat()) unnamed.push({ kind: 'leftover', path, size: await sizeOf(path) });
  if (!options.dryRun)
    for (const { kind, path } of unnamed)
      await (kind === 'leftover' ? rm(path, { recursive: true, force: true }) : discard(path));
  return unnamed.sort((a, b) => b.size - a.size);
}

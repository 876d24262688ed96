import { recipeOf } from './build.js';
import { findEntries, loadCatalog } from './catalog.js';
import { sizeOf } from './folder-size.js';
import { freeSpace } from './free-space.js';
import { LockFile } from './lock-file.js';
import { ownBootable } from './own/bootable.js';
import { PackageStore } from './packages.js';
import type { PullOptions } from './pull.js';
import { type BootableImage, cacheFolder, ImageStore } from './store.js';

/**
 * The image that `id` is locked to, when it is in the store; offline.
 *
 * @throws InputError for an id that is not in the catalogue
 */
export async function storedImage(
  id: string,
  options: Pick<PullOptions, 'lockFile'> = {},
): Promise<BootableImage | undefined> {
  const catalog = await loadCatalog();
  const entry = findEntries(catalog, [id]).get(id)!;
  if (entry.own) return ownBootable(new ImageStore(), entry.id, entry.own).catch(() => undefined);
  const locked = (await new LockFile(options.lockFile).read())[entry.id];
  const digest = locked?.digests[await recipeOf(entry, catalog.family)];
  const store = new ImageStore();
  const record = digest === undefined ? undefined : await store.find(digest);
  return record && store.bootable(record, id);
}

export interface StoredImage extends BootableImage {
  /** What it takes on disk, in bytes. */
  readonly size: number;
}

/** Every image in the store; offline. */
export async function listStored(): Promise<StoredImage[]> {
  const store = new ImageStore();
  return (await store.list()).map(({ record, size }) => ({ ...store.bootable(record, record.id), size }));
}

export interface DiskUse {
  readonly folder: string;
  readonly images: { readonly count: number; readonly bytes: number };
  readonly packages: { readonly count: number; readonly bytes: number };
  /** Package indexes, snapshots and whatever else is in the folder, in bytes. */
  readonly others: number;
  /** What the disk has left, in bytes. */
  readonly free: number;
}

/** What the store takes on disk. */
export async function diskUse(): Promise<DiskUse> {
  const sum = (sizes: readonly { size: number }[]) => ({
    count: sizes.length,
    bytes: sizes.reduce((total, { size }) => total + size, 0),
  });
  const folder = cacheFolder();
  const images = sum(await new ImageStore().list());
  const packages = sum(await new PackageStore().list());
  const all = await sizeOf(folder);
  const others = Math.max(0, all - images.bytes - packages.bytes);
  return { folder, images, packages, others, free: await freeSpace(folder) };
}

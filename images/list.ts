import { recipeOf } from './build.js';
import { findEntries, loadCatalog } from './catalog.js';
import { loadCatalogIndex } from './catalog-index.js';
import { type Architecture, architectures } from './catalog-schema.js';
import { LockFile } from './lock-file.js';
import { PackageStore } from './packages.js';
import type { PullOptions } from './pull.js';
import { offered } from './resolve.js';
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
}

/** What the store takes on disk. */
export async function diskUse(): Promise<DiskUse> {
  const sum = (sizes: readonly { size: number }[]) => ({
    count: sizes.length,
    bytes: sizes.reduce((total, { size }) => total + size, 0),
  });
  const store = new ImageStore();
  return {
    folder: cacheFolder(),
    images: sum(await store.list()),
    packages: sum(await new PackageStore().list()),
  };
}

/** A point release that the archive offers. */
export interface OfferedImage {
  /** The id that pins it. */
  readonly id: string;
  readonly series: string;
  readonly flavour: string;
  readonly architecture: Architecture;
  /** `uname -r`. */
  readonly release: string;
  /** Debian's version of the packages. */
  readonly version: string;
  readonly suite: string;
  /** Of the kernel's packages, in bytes. */
  readonly size: number;
}

/**
 * Every kernel in the catalogue's suites, flavours and architectures, from the package index; newest first
 * within an entry of the catalogue.
 *
 * @throws CapabilityError when the index cannot be fetched
 */
export async function listImages(
  options: Pick<PullOptions, 'onProgress' | 'signal' | 'update'> = {},
): Promise<OfferedImage[]> {
  const catalog = await loadCatalog();
  const images: OfferedImage[] = [];
  for (const architecture of architectures) {
    const index = await loadCatalogIndex(catalog, architecture, options);
    for (const entry of catalog.entries().filter((each) => each.architecture === architecture)) {
      for (const { id, kernel } of offered(entry, index)) {
        const { release, version, suite, packages } = kernel;
        const { series, flavour } = entry;
        const size = packages.reduce((sum, each) => sum + each.size, 0);
        images.push({ id, series, flavour, architecture, release, version, suite, size });
      }
    }
  }
  return images;
}

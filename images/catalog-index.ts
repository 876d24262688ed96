import { join } from 'node:path';
import type { Catalog } from './catalog.js';
import { findMirror } from './debian/mirror.js';
import { loadPackageIndex, type PackageIndex } from './debian/package-index.js';
import type { OnProgress } from './progress.js';
import { cacheFolder } from './store.js';

/**
 * The package index of everything in the catalogue, at most a day old.
 *
 * @throws CapabilityError as AptRoot does
 */
export async function loadCatalogIndex(
  catalog: Catalog,
  options: { onProgress?: OnProgress; signal?: AbortSignal; update?: boolean } = {},
): Promise<PackageIndex> {
  const { builds, userspace, include } = catalog.family;
  const stacks = Object.values(catalog.stacks).map(({ packages }) => packages);
  const suites = [
    ...Object.values(builds).flatMap((build) => build.suites),
    ...userspace.suites,
    ...stacks.flatMap((packages) => Object.keys(packages)),
  ];
  const others = [...userspace.packages, ...stacks.flatMap((packages) => Object.values(packages).flat())];
  const content = {
    mirror: await findMirror(),
    suites: [...new Set(suites)],
    architectures: include.architectures,
  };
  const { signal, onProgress, update = false } = options;
  const folder = join(cacheFolder(), 'apt');
  return loadPackageIndex(folder, content, [...new Set(others)], { signal, onProgress, refresh: update });
}

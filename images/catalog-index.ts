import { join } from 'node:path';
import type { Catalog } from './catalog.js';
import type { Architecture } from './catalog-schema.js';
import { Holdings } from './debian/holdings.js';
import { findMirror } from './debian/mirror.js';
import { loadPackageIndex, type PackageIndex } from './debian/package-index.js';
import type { OnProgress } from './progress.js';
import { cacheFolder } from './store.js';

export interface CatalogIndexOptions {
  readonly onProgress?: OnProgress;
  readonly signal?: AbortSignal;
  /** Read it anew. */
  readonly update?: boolean;
  /** Take the last that was read, however old it is. */
  readonly offline?: boolean;
}

/**
 * The package index of everything that the catalogue has for one architecture, at most a day old. One an
 * architecture, so that nobody waits for indexes of processors that he does not use.
 *
 * @throws CapabilityError as AptRoot does
 */
export async function loadCatalogIndex(
  catalog: Catalog,
  architecture: Architecture,
  options: CatalogIndexOptions = {},
): Promise<PackageIndex> {
  const { userspace } = catalog.family;
  const entries = catalog.entries().filter((entry) => entry.architecture === architecture);
  const stacks = entries.flatMap(({ stack, appliance, netem }) => {
    const recipe = stack ?? appliance ?? netem;
    return recipe ? [recipe.packages] : [];
  });
  const suites = new Set([
    ...entries.flatMap((entry) => entry.suites),
    ...userspace.suites,
    ...stacks.flatMap((packages) => Object.keys(packages)),
  ]);
  const others = new Set([
    ...userspace.packages,
    ...stacks.flatMap((packages) => Object.values(packages).flat()),
  ]);
  const content = { mirror: await findMirror(), suites: [...suites], architectures: [architecture] };
  const { signal, onProgress, update = false, offline = false } = options;
  const folder = join(cacheFolder(), 'apt', architecture);
  return loadPackageIndex(folder, content, [...others], { signal, onProgress, offline, refresh: update });
}

/** What the archive was found to hold of what is listed. */
export function catalogHoldings(): Holdings {
  return new Holdings(join(cacheFolder(), 'apt', 'holdings.json'));
}

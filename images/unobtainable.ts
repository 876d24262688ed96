import { CapabilityError } from '../src/errors.js';
import type { Catalog, CatalogEntry } from './catalog.js';
import { catalogHoldings } from './catalog-index.js';
import { fileUri } from './debian/holdings.js';
import type { DebianPackage, PackageIndex } from './debian/package-index.js';
import { PackagesGone } from './debian/packages-gone.js';
import { formatIdentifier } from './identifier.js';
import type { Locked } from './lock-file.js';
import { offered, type Resolution, resolveEntry } from './resolve.js';

const suggestions = 3;

/** What to say when `entry` leaves no other choice than packages that the archive lists without holding them. */
export function gone(
  catalog: Catalog,
  entry: CatalogEntry,
  index: PackageIndex,
  { packages }: PackagesGone,
): PackagesGone {
  if (entry.pinned === undefined) {
    return new PackagesGone(packages, `nothing else of ${entry.id} is left; choose another series`);
  }
  const series = formatIdentifier({ ...entry, family: catalog.family.family, version: entry.series });
  const others = offered(entry, index).filter(({ kernel }) =>
    kernel.packages.every(({ name }) => !packages.includes(name)),
  );
  const ids = others.slice(0, suggestions).map(({ id }) => id);
  const listed = ids.length > 0 ? `, or a point release that it lists: ${ids.join(', ')}` : '';
  return new PackagesGone(packages, `pull ${series}, the newest that the archive really holds${listed}`);
}

const named = ({ name, version }: DebianPackage) => `${name} ${version}`;

/** What `entry` means now, without any of `missing`; undefined when it means nothing any more. */
function newest(
  catalog: Catalog,
  entry: CatalogEntry,
  index: PackageIndex,
  missing: readonly DebianPackage[],
): Resolution | undefined {
  const isMissing = ({ sha256 }: DebianPackage) => missing.some((each) => each.sha256 === sha256);
  try {
    return resolveEntry(catalog, entry, index).find(({ packages }) => !packages.some(isMissing));
  } catch (error) {
    if (error instanceof CapabilityError) return undefined;
    throw error;
  }
}

function replacement(
  catalog: Catalog,
  entry: CatalogEntry,
  locked: Locked,
  index: PackageIndex,
  missing: readonly DebianPackage[],
): string {
  const now = newest(catalog, entry, index, missing);
  if (now) {
    const known = new Set(locked.packages.map(({ sha256 }) => sha256));
    const others = now.packages.filter(({ sha256 }) => !known.has(sha256)).map(named);
    const what = now.id === locked.id ? `${now.id} made of` : `${now.id}:`;
    return `lock it to ${what} ${others.join(', ')} with: stackbed images pull --update ${entry.id}`;
  }
  const other = offered(entry, index).find(({ id }) => id !== locked.id);
  return `choose another image${other ? `, such as ${other.id}` : ''}`;
}

/** What to say when the archive no longer has `missing`, packages of what `entry` is locked to. */
export function noLongerLocked(
  catalog: Catalog,
  entry: CatalogEntry,
  locked: Locked,
  index: PackageIndex,
  missing: readonly DebianPackage[],
): CapabilityError {
  return new CapabilityError(
    `${entry.id} is locked to ${locked.id}, but the archive no longer has ${missing.map(named).join(', ')}`,
    { remedy: replacement(catalog, entry, locked, index, missing) },
  );
}

/** Keeps what a download found gone, so that it is not offered meanwhile. */
export async function rememberGone(index: PackageIndex, sha256s: readonly string[]): Promise<void> {
  const listed = index.packages.filter(({ sha256 }) => sha256s.includes(sha256));
  await catalogHoldings().areGone(listed.flatMap((each) => fileUri(index.mirror, each) ?? []));
}

import { CapabilityError } from '../src/errors.js';
import type { Catalog, CatalogEntry } from './catalog.js';
import { catalogHoldings } from './catalog-index.js';
import { fileUri } from './debian/holdings.js';
import type { DebianPackage, PackageIndex } from './debian/package-index.js';
import { PackagesGone } from './debian/packages-gone.js';
import { formatIdentifier } from './identifier.js';
import type { Locked } from './lock-file.js';
import { offered } from './resolve.js';

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

/** What to say when the archive no longer has `packages` of what `entry` is locked to. */
export function noLongerLocked(
  entry: CatalogEntry,
  locked: Locked,
  index: PackageIndex,
  packages: readonly DebianPackage[],
): CapabilityError {
  const names = packages.map(({ name, version }) => `${name} ${version}`).join(', ');
  const replacement = offered(entry, index).find(({ id }) => id !== locked.id)?.id;
  return new CapabilityError(
    `${entry.id} is locked to ${locked.id}, but the archive no longer has ${names}`,
    {
      remedy:
        replacement === undefined
          ? 'choose another image'
          : entry.pinned === undefined
            ? `pull with --update to lock it to ${replacement} instead`
            : `choose another image, such as ${replacement}`,
    },
  );
}

/** Keeps what a download found gone, so that it is not offered meanwhile. */
export async function rememberGone(index: PackageIndex, sha256s: readonly string[]): Promise<void> {
  const listed = index.packages.filter(({ sha256 }) => sha256s.includes(sha256));
  await catalogHoldings().areGone(listed.flatMap((each) => fileUri(index.mirror, each) ?? []));
}

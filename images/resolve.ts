import { CapabilityError } from '../src/errors.js';
import type { Catalog, CatalogEntry } from './catalog.js';
import { bootableKernels, debianRevision, isOfVersion, type KernelPackages } from './debian/kernels.js';
import type { DebianPackage, PackageIndex } from './debian/package-index.js';
import { compareVersions } from './debian/version.js';
import { formatIdentifier } from './identifier.js';
import { newestOf, resolveAppliance, resolveStack } from './stacks/resolve.js';

/** Exactly what an id means now: the packages of the kernel and of the user space. */
export interface Resolution {
  readonly id: string;
  readonly release: string;
  readonly upstream: string;
  readonly packages: readonly DebianPackage[];
}

/** Every kernel that the archive offers for `entry`, newest first, with the id that pins it. */
export function offered(entry: CatalogEntry, index: PackageIndex): { id: string; kernel: KernelPackages }[] {
  if (entry.series === '') return [];
  const where = { suites: entry.suites, flavour: entry.packageFlavour, architecture: entry.architecture };
  const points = new Set<string>();
  const ids = new Set<string>();
  return bootableKernels(index.packages, where).flatMap((kernel) => {
    if (!isOfVersion(kernel, entry.series)) return [];
    const revision = `${kernel.upstream}-${debianRevision(kernel.version)}`;
    const pinRevision = formatIdentifier({ ...entry, family: 'linux', version: revision });
    // Security and release suites carry the same package.
    if (ids.has(pinRevision)) return [];
    ids.add(pinRevision);
    // An older revision of the same point release must be named by its revision.
    if (points.has(kernel.upstream)) return [{ id: pinRevision, kernel }];
    points.add(kernel.upstream);
    return [{ id: formatIdentifier({ ...entry, family: 'linux', version: kernel.upstream }), kernel }];
  });
}

function userspacePackages(catalog: Catalog, entry: CatalogEntry, index: PackageIndex): DebianPackage[] {
  const { packages, suites } = catalog.family.userspace;
  for (const suite of suites) {
    const newest = packages.flatMap((name) =>
      index.packages
        .filter(
          (each) => each.name === name && each.suite === suite && each.architecture === entry.architecture,
        )
        .sort((a, b) => compareVersions(b.version, a.version))
        .slice(0, 1),
    );
    if (newest.length === packages.length) return newest;
  }
  throw new CapabilityError(
    `${packages.join(', ')} for ${entry.architecture} are together in none of ${suites.join(', ')}`,
    { remedy: 'the archive may be unreachable in part: try again with --update' },
  );
}

function notOffered(entry: CatalogEntry, index: PackageIndex): CapabilityError {
  const missing = index.missing.filter(({ suite }) => entry.suites.includes(suite));
  const there = offered(entry, index).map(({ id }) => id);
  const why = missing.map(({ suite, reason }) => `\n  ${suite} could not be fetched: ${reason}`).join('');
  return new CapabilityError(
    `the archive has no kernel for ${entry.id} in ${entry.suites.join(', ')}${why}`,
    {
      remedy:
        there.length > 0
          ? `it has ${there.slice(0, 5).join(', ')}`
          : 'try again later, or choose another series',
    },
  );
}

/** The kernels that `entry` allows, newest first. @throws CapabilityError when the archive has none */
export function resolveEntry(catalog: Catalog, entry: CatalogEntry, index: PackageIndex): Resolution[] {
  if (entry.stack) return [resolveStack(entry.id, entry.stack, index)];
  if (entry.appliance) return [resolveAppliance(entry.id, entry.appliance, index)];
  const matches = offered(entry, index).filter(({ kernel }) =>
    isOfVersion(kernel, entry.pinned ?? entry.series),
  );
  if (matches.length === 0) throw notOffered(entry, index);
  const { netem } = entry;
  const beside = [
    ...userspacePackages(catalog, entry, index),
    ...(netem ? newestOf(entry.id, netem.packages, index) : []),
  ];
  return matches.map(({ id, kernel: { release, upstream, packages } }) => ({
    id: netem ? id.replace(/^linux-/, `${netem.id}-`) : id,
    release,
    upstream,
    packages: [...packages, ...beside],
  }));
}

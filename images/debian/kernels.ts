import type { DebianPackage } from './package-index.js';
import { compareVersions } from './version.js';

/** A bootable kernel: the packages that hold it and its modules, all of one version from one suite. */
export interface KernelPackages {
  /** `uname -r`, the part of the package names after `linux-image-`. */
  readonly release: string;
  /** Debian's version of the packages, e.g. `6.12.117-1`. */
  readonly version: string;
  /** Upstream's version, e.g. `6.12.117` or `7.3-rc7`. */
  readonly upstream: string;
  readonly suite: string;
  readonly packages: readonly DebianPackage[];
}

/** `6.12.117-1~deb12u1` → `6.12.117`, `7.3~rc7-1~exp1` → `7.3-rc7`. */
export function upstreamVersion(version: string): string {
  return version.replace(/-[^-]*$/, '').replace('~rc', '-rc');
}

/** `6.12.115-2~deb12u1` → `2`. */
export function debianRevision(version: string): string {
  return /-(\d+)[^-]*$/.exec(version)?.[1] ?? '';
}

// Packages that only depend on the newest kernel are of a few kilobytes; so is linux-image where it was
// split.
const smallestKernel = 1_000_000;

function splitKernel(
  image: DebianPackage,
  release: string,
  among: readonly DebianPackage[],
): DebianPackage[] | undefined {
  const part = (kind: string) =>
    among.find(
      (other) =>
        other.name === `linux-${kind}-${release}` &&
        other.version === image.version &&
        other.suite === image.suite &&
        other.architecture === image.architecture,
    );
  // linux-base holds the list of what is built in.
  const parts = [part('binary'), part('modules'), part('base')].filter((each) => each !== undefined);
  return parts.length === 3 ? parts : undefined;
}

/**
 * Every bootable kernel of one flavour (as package names spell it) and architecture in `suites`, newest
 * first. Until 6.18 one package holds a kernel; from 6.19 the kernel, its modules and its lists come apart,
 * and a kernel whose modules the archive lacks is left out.
 */
export function bootableKernels(
  packages: readonly DebianPackage[],
  where: { suites: readonly string[]; flavour: string; architecture: string },
): KernelPackages[] {
  const here = packages.filter(
    (each) => where.suites.includes(each.suite) && each.architecture === where.architecture,
  );
  const name = new RegExp(`^linux-image-(\\d+\\.\\d+[^-]*(?:-[0-9][^-]*)?-${where.flavour})$`);
  return here
    .flatMap((image) => {
      const release = name.exec(image.name)?.[1];
      if (!release) return [];
      const whole = image.size >= smallestKernel ? [image] : splitKernel(image, release, here);
      if (!whole) return [];
      const { version, suite } = image;
      return [{ release, version, upstream: upstreamVersion(version), suite, packages: whole }];
    })
    .sort((a, b) => compareVersions(b.version, a.version));
}

/**
 * Whether `kernel` is of the series `6.12`, the point release `6.12.117`, or the Debian revision
 * `6.12.117-2`.
 */
export function isOfVersion(kernel: KernelPackages, wanted: string): boolean {
  return (
    kernel.upstream === wanted ||
    `${kernel.upstream}-${debianRevision(kernel.version)}` === wanted ||
    (/^\d+\.\d+$/.test(wanted) && kernel.upstream.startsWith(`${wanted}.`)) ||
    (/^\d+\.\d+$/.test(wanted) && kernel.upstream.startsWith(`${wanted}-rc`))
  );
}

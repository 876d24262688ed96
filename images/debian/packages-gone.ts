import { CapabilityError } from '../../src/errors.js';

/** Packages that the archive's index lists but that the archive does not hold. */
export class PackagesGone extends CapabilityError {
  constructor(
    /** Names of the packages. */
    readonly packages: readonly string[],
    remedy = 'choose another image, or another archive (STACKBED_DEBIAN_MIRROR)',
  ) {
    super(`the archive lists ${packages.join(', ')}, but does not hold it`, { remedy });
  }
}

/** The packages that apt was refused as not found, read from its messages. */
export function packagesNotFound(messages: string): string[] {
  const names = messages.split('\n').map((line) => /\/([^/_\s]+)_[^/\s]*\.deb\s+404 /.exec(line)?.[1]);
  return [...new Set(names.filter((name) => name !== undefined))];
}

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

/** @param packages as `name=version` or `name:architecture=version` */
export function notAsListed(packages: readonly string[]): CapabilityError {
  const named = packages.map((each) => each.replace(/(:[^=]*)?=/, ' ')).join(', ');
  return new CapabilityError(
    `the archive holds another ${named} than its index states: the SHA-256 differs`,
    {
      remedy: 'nothing of it was kept; it may be in the middle of an update: try again later, with --update',
    },
  );
}

function refused(messages: string, reason: RegExp): string[] {
  const line = new RegExp(`/([^/_\\s]+)_[^/\\s]*\\.deb\\s+(?:${reason.source})`);
  const names = messages.split('\n').map((each) => line.exec(each)?.[1]);
  // apt writes a plus of a name as %2b.
  return [...new Set(names.filter((name) => name !== undefined).map(decodeURIComponent))];
}

/** The packages that apt was refused as not found, read from its messages. */
export function packagesNotFound(messages: string): string[] {
  return refused(messages, /404 /);
}

/** The packages that apt received and did not take, read from its messages. */
export function packagesNotAsListed(messages: string): string[] {
  return refused(messages, /Hash Sum mismatch|File has unexpected size/);
}

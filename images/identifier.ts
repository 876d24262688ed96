/** The parts of an image id; parts that were left out are undefined. */
export interface ImageIdentifier {
  readonly family: string;
  /**
   * `6.12` (a series), `6.12.117` or `7.3-rc7` (a point release), `6.12.117-2` (one Debian revision of it).
   */
  readonly version: string;
  readonly series: string;
  readonly build: string | undefined;
  readonly flavour: string | undefined;
  readonly architecture: string | undefined;
}

const pattern =
  /^(?<family>linux)-(?<version>(?<series>\d+\.\d+)(?:\.\d+)?(?:-rc\d+)?(?:-\d+)?)(?:\+(?<build>[a-z]+\d*))?(?:-(?<flavour>cloud|generic|rt))?(?:-(?<architecture>amd64|i386|arm64|riscv64))?$/;

/** Parses `linux-<version>[+<build>][-<flavour>][-<arch>]`; undefined when `id` has another form. */
export function parseIdentifier(id: string): ImageIdentifier | undefined {
  const groups = pattern.exec(id)?.groups;
  if (!groups) return undefined;
  const { family, version, series, build, flavour, architecture } = groups;
  return { family: family!, version: version!, series: series!, build, flavour, architecture };
}

export interface FullIdentifier extends ImageIdentifier {
  readonly build: string;
  readonly flavour: string;
  readonly architecture: string;
}

/** The full id, with nothing left out. */
export function formatIdentifier(id: Omit<FullIdentifier, 'series'>): string {
  return `${id.family}-${id.version}+${id.build}-${id.flavour}-${id.architecture}`;
}

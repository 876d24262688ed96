import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { CapabilityError } from '../../src/errors.js';
import type { Mirror } from './sources.js';

/** What a private apt root is made of: suites by name, Debian architectures. */
export interface AptRootContent {
  readonly mirror: Mirror;
  readonly suites: readonly string[];
  readonly architectures: readonly string[];
}

const keyrings = ['debian-archive-keyring.gpg', 'debian-archive-keyring.pgp'].map((name) =>
  join('/usr/share/keyrings', name),
);

/** The keyring of the package debian-archive-keyring. @throws CapabilityError when it is not installed */
export function archiveKeyring(): string {
  const keyring = keyrings.find((path) => existsSync(path));
  if (keyring) return keyring;
  throw new CapabilityError(
    'the keys of the Debian archive are not installed, so its packages cannot be checked',
    {
      remedy: 'apt-get install debian-archive-keyring',
    },
  );
}

/** URI of the archive that has `suite`. */
export function archiveOf(mirror: Mirror, suite: string): string {
  return suite.endsWith('-security') ? mirror.security : mirror.archive;
}

/** The `sources.list` of a private root: every suite is checked against the Debian archive's keys alone. */
export function sourcesList({ mirror, suites }: AptRootContent): string {
  const keyring = keyrings.find((path) => existsSync(path)) ?? keyrings[0];
  const line = (suite: string) => `deb [signed-by=${keyring}] ${archiveOf(mirror, suite)} ${suite} main\n`;
  return suites.map(line).join('');
}

// Commands that the machine hangs on apt's actions would touch the machine's own files.
const hooks = [
  'APT::Update::Pre-Invoke',
  'APT::Update::Post-Invoke',
  'APT::Update::Post-Invoke-Success',
  'APT::Update::Post-Invoke-Stats',
  'DPkg::Pre-Invoke',
  'DPkg::Post-Invoke',
  'AptCli::Hooks',
];

/**
 * Read after the machine's own configuration, so that its proxies and transports stay and its folders do not.
 */
export function aptConfiguration(root: string, architectures: readonly string[]): string {
  const settings: Record<string, string> = {
    'APT::Architecture': architectures[0]!,
    // The sandbox user cannot enter a private cache folder; signatures are checked all the same.
    'APT::Sandbox::User': 'root',
    'Acquire::Languages': 'none',
    'Acquire::GzipIndexes': 'true',
    'Acquire::Retries': '3',
    'Acquire::IndexTargets::deb::Contents-deb::DefaultEnabled': 'false',
    'Acquire::IndexTargets::deb::DEP-11::DefaultEnabled': 'false',
    'Acquire::IndexTargets::deb::DEP-11-icons::DefaultEnabled': 'false',
    'Dir::State': join(root, 'state'),
    'Dir::State::lists': join(root, 'lists'),
    'Dir::State::status': join(root, 'status'),
    'Dir::Cache': join(root, 'cache'),
    'Dir::Cache::archives': join(root, 'cache/archives'),
    'Dir::Cache::pkgcache': 'pkgcache.bin',
    'Dir::Cache::srcpkgcache': '',
    'Dir::Etc::sourcelist': join(root, 'sources.list'),
    'Dir::Etc::sourceparts': '-',
    'Dir::Etc::preferences': join(root, 'preferences'),
    'Dir::Etc::preferencesparts': join(root, 'preferences.d'),
  };
  return [
    ...[...hooks, 'APT::Architectures'].map((name) => `#clear ${name};`),
    ...Object.entries(settings).map(([name, value]) => `${name} "${value}";`),
    `APT::Architectures { ${architectures.map((name) => `"${name}";`).join(' ')} };`,
    '',
  ].join('\n');
}

import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CapabilityError } from '../../src/errors.js';
import { type AptSource, debianMirror, type Mirror, parseAptSources, securityBeside } from './sources.js';

const read = (path: string) => readFile(path, 'utf8').catch(() => undefined);

async function machineSources(root: string): Promise<AptSource[]> {
  const folder = join(root, 'etc/apt/sources.list.d');
  const names = (await readdir(folder).catch(() => []))
    .filter((name) => /\.(list|sources)$/.test(name))
    .sort();
  const files = [join(root, 'etc/apt/sources.list'), ...names.map((name) => join(folder, name))];
  const texts = await Promise.all(files.map(read));
  return files.flatMap((file, index) => parseAptSources(file, texts[index] ?? ''));
}

async function debootstrapMirror(root: string): Promise<Mirror | undefined> {
  const script = await read(join(root, 'usr/share/debootstrap/scripts/sid'));
  const archive = /^\s*default_mirror\s+(\S+)/m.exec(script ?? '')?.[1];
  return archive ? { archive: archive.replace(/\/+$/, ''), security: securityBeside(archive) } : undefined;
}

/**
 * Finds the Debian archive this machine is meant to use: the environment first, then apt's own sources, then
 * debootstrap's default. No archive is named in Stackbed itself.
 *
 * @param root folder that holds the machine's `etc` and `usr`
 * @throws CapabilityError when the machine knows of no Debian archive
 */
export async function findMirror(environment = process.env, root = '/'): Promise<Mirror> {
  const { STACKBED_DEBIAN_MIRROR: named, STACKBED_DEBIAN_SECURITY_MIRROR: namedSecurity } = environment;
  const found = named
    ? { archive: named.replace(/\/+$/, ''), security: securityBeside(named) }
    : (debianMirror(await machineSources(root)) ?? (await debootstrapMirror(root)));
  if (!found) {
    throw new CapabilityError(
      'no Debian archive is configured on this machine, so no kernel can be fetched',
      {
        remedy: 'set STACKBED_DEBIAN_MIRROR to the URI of a Debian archive, or install debootstrap',
      },
    );
  }
  return namedSecurity ? { ...found, security: namedSecurity.replace(/\/+$/, '') } : found;
}

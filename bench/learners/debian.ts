import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { AptRoot } from '../../images/debian/apt-root.js';
import { findMirror } from '../../images/debian/mirror.js';
import { unpack } from '../../images/unpack.js';
import { CapabilityError } from '../../src/errors.js';

const suite = 'bookworm';

/**
 * Unpacks packages of Debian, with those that they depend on, under `folder`: where the tree is.
 *
 * @throws CapabilityError when the archive does not have them
 */
export async function unpackDebian(folder: string, packages: readonly string[]): Promise<string> {
  const apt = join(folder, 'apt');
  const root = await AptRoot.open(apt, {
    mirror: await findMirror(),
    suites: [suite],
    architectures: ['amd64'],
  });
  await root.update();
  const install = ['-qq', '-y', '--download-only', '--no-install-recommends', 'install', ...packages];
  const fetched = await execa('apt-get', ['-c', join(apt, 'apt.conf'), ...install], { reject: false });
  if (fetched.failed)
    throw new CapabilityError(`its packages could not be fetched: ${fetched.stderr.trim().split('\n')[0]}`);
  const tree = join(folder, 'root');
  const archives = join(apt, 'cache/archives');
  for (const name of await readdir(archives))
    if (name.endsWith('.deb')) await unpack(join(archives, name), tree);
  return tree;
}

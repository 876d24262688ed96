import { readdir, readlink, rm, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { CapabilityError } from '../../src/errors.js';
import { unpackDebian } from './debian.js';

export interface Weka {
  /** The Java to start. */
  readonly java: string;
  readonly jar: string;
}

const home = 'usr/lib/jvm/java-17-openjdk-amd64';

/** Debian's Java has its settings in /etc, by links that lead out of an unpacked tree. */
async function relink(tree: string): Promise<void> {
  for (const entry of await readdir(join(tree, home), { recursive: true, withFileTypes: true })) {
    if (!entry.isSymbolicLink()) continue;
    const link = join(entry.parentPath, entry.name);
    const target = await readlink(link);
    if (!target.startsWith('/etc/')) continue;
    await rm(link);
    await symlink(join(tree, target), link);
  }
}

/**
 * Unpacks Weka and a Java that compiles, as Debian packages them, into `folder`.
 *
 * @throws CapabilityError when the archive does not have them, or they do not start here
 */
export async function unpackWeka(folder: string): Promise<Weka> {
  const tree = await unpackDebian(folder, ['weka', 'openjdk-17-jdk-headless']);
  await relink(tree);
  const java = join(tree, home, 'bin/java');
  const started = await execa(java, ['-version'], { reject: false });
  if (started.failed)
    throw new CapabilityError(
      `its Java does not start: ${started.stderr.trim().split('\n')[0] || started.shortMessage}`,
    );
  return { java, jar: join(tree, 'usr/share/java/weka.jar') };
}

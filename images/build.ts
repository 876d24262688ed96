import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { CapabilityError } from '../src/errors.js';
import { packageRoot } from '../src/package-root.js';
import { initramfs } from './initramfs.js';
import { ModuleTree } from './modules.js';

/** Raised by hand when the same packages and init would give other bytes. */
const builderVersion = 1;

const readInit = () => readFile(join(packageRoot, 'images/guest/init'));

/** Identifies this builder together with the guest's init. */
export async function recipeVersion(): Promise<string> {
  return `${builderVersion}-${createHash('sha256')
    .update(await readInit())
    .digest('hex')
    .slice(0, 12)}`;
}

async function unpack(deb: string, folder: string): Promise<void> {
  const result = await execa('dpkg-deb', ['-x', deb, folder], { reject: false });
  if (!result.failed) return;
  throw new CapabilityError(`cannot unpack ${deb}: ${result.stderr || result.shortMessage}`, {
    remedy: 'check that dpkg is installed and that the disk is not full',
  });
}

/** From 7.2 the kernel lies beside its modules; with merged /usr both folders may be below /usr. */
async function locate(tree: string, release: string): Promise<{ kernel: string; modules: string }> {
  const firstWith = async (folders: readonly string[], test: (name: string) => boolean) => {
    for (const folder of folders) {
      const name = (await readdir(join(tree, folder)).catch(() => [])).find(test);
      if (name) return join(tree, folder, name);
    }
    throw new CapabilityError(
      `the packages of ${release} hold no kernel or no modules where they are expected`,
    );
  };
  const moduleFolders = ['usr/lib/modules', 'lib/modules'];
  const kernelFolders = ['boot', ...moduleFolders.map((folder) => `${folder}/${release}`)];
  return {
    kernel: await firstWith(kernelFolders, (name) => /^vmlinu[xz](-|$)/.test(name)),
    modules: await firstWith(moduleFolders, (name) => name === release),
  };
}

/**
 * Makes kernel and initramfs out of downloaded packages, in a temporary folder that is gone afterwards. Equal packages
 * give equal bytes.
 *
 * @param release `uname -r` of the kernel in them
 */
export async function buildImage(
  debs: { kernel: readonly string[]; busybox: string },
  release: string,
  nics: readonly string[],
): Promise<{ kernel: Buffer; initrd: Buffer }> {
  const folder = await mkdtemp(join(tmpdir(), 'stackbed-image-'));
  try {
    for (const deb of [...debs.kernel, debs.busybox]) await unpack(deb, folder);
    const found = await locate(folder, release);
    const busybox = await readFile(join(folder, 'bin/busybox')).catch(() =>
      readFile(join(folder, 'usr/bin/busybox')),
    );
    const modules = await (await ModuleTree.open(found.modules)).forNics(nics);
    const initrd = initramfs({ busybox, init: await readInit(), modules });
    return { kernel: await readFile(found.kernel), initrd };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

import { mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { CapabilityError } from '../src/errors.js';
import { exclusively, livingHolder } from './exclusive.js';
import { LockFile } from './lock-file.js';
import { PackageStore } from './packages.js';
import { ImageStore } from './store.js';

/** An image or a package that no lock file names. */
export interface Unnamed {
  readonly kind: 'image' | 'package';
  readonly path: string;
  /** The image's id, where that can be read. */
  readonly id?: string;
  /** In bytes. */
  readonly size: number;
}

export interface CollectOptions {
  /** Lock files that name what is kept, beside the cache folder's own. */
  readonly lockFiles?: readonly string[];
  /** Only tell what would be removed. */
  readonly dryRun?: boolean;
}

const lockName = '.collecting';

/**
 * Waits while what no lock names is being removed. A pull calls this once it holds the lock of its image, and a removal
 * looks for such locks once it holds its own: the two never overlap.
 */
export function untilCollected(
  folder: string,
  options: { signal?: AbortSignal | undefined; onWait?: (pid: number) => void },
): Promise<void> {
  return exclusively(join(folder, lockName), options, async () => undefined);
}

async function refuseWhilePulling(folder: string): Promise<void> {
  for (const name of (await readdir(folder)).filter((each) => each.endsWith('.lock'))) {
    const pid = await livingHolder(join(folder, name));
    if (pid === undefined) continue;
    throw new CapabilityError(`process ${pid} is pulling images, which no lock names before they are whole`, {
      remedy: 'try again when it has finished',
    });
  }
}

async function folderSize(path: string): Promise<number> {
  const files = await readdir(path, { recursive: true });
  const sizes = files.map(async (name) => (await stat(join(path, name))).size);
  return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
}

/** Moved away whole before anything in it is removed, so that a half-removed image is never found. */
async function remove(path: string, folder: string): Promise<void> {
  const aside = join(folder, `.tmp-${process.pid}-removed`);
  await rename(path, aside);
  await rm(aside, { recursive: true });
}

/**
 * Removes the images and packages that neither the cache folder's lock file nor one of `lockFiles` names; largest first.
 *
 * @throws InputError when a lock file is none
 * @throws CapabilityError when images are being pulled
 */
export async function collectGarbage(options: CollectOptions = {}): Promise<Unnamed[]> {
  const images = new ImageStore();
  const packages = new PackageStore();
  await mkdir(images.folder, { recursive: true });
  return exclusively(join(images.folder, lockName), {}, async () => {
    await refuseWhilePulling(images.folder);
    const locks = [new LockFile(), ...(options.lockFiles ?? []).map((path) => new LockFile(path))];
    const named = new Set<string>();
    for (const lock of locks) {
      for (const locked of Object.values(await lock.read())) {
        for (const digest of Object.values(locked.digests)) named.add(digest);
        for (const { sha256 } of locked.packages) named.add(sha256);
      }
    }
    const unnamed: Unnamed[] = [];
    for (const { digest, path } of (await images.folders()).filter((each) => !named.has(each.digest))) {
      const id = (await images.find(digest))?.id;
      unnamed.push({ kind: 'image', path, size: await folderSize(path), ...(id !== undefined && { id }) });
    }
    for (const { sha256, path, size } of await packages.list())
      if (!named.has(sha256)) unnamed.push({ kind: 'package', path, size });
    if (!options.dryRun) {
      for (const { kind, path } of unnamed)
        await remove(path, kind === 'image' ? images.folder : packages.folder);
    }
    return unnamed.sort((a, b) => b.size - a.size);
  });
}

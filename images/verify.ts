import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { InterruptedError } from '../src/errors.js';
import { PackageStore } from './packages.js';
import { sha256File } from './sha256.js';
import { ImageStore, imageDigest } from './store.js';

/** Something in the store that is not what its name says. */
export interface Damage {
  readonly kind: 'image' | 'package';
  /** Absolute path of the image's folder or of the package. */
  readonly path: string;
  /** The image's id, where that can still be read. */
  readonly id?: string;
  /** For people: `initrd has another SHA-256 than when it was built`. */
  readonly fault: string;
}

export interface Verification {
  readonly images: number;
  readonly packages: number;
  readonly damaged: readonly Damage[];
}

export interface VerifyOptions {
  /** Removes what is damaged: the next pull makes or fetches it anew. */
  readonly remove?: boolean;
  readonly signal?: AbortSignal;
  /** Called before each image or package is read. */
  readonly onItem?: (name: string) => void;
}

async function imageDamage(store: ImageStore, digest: string, path: string): Promise<Damage | undefined> {
  const record = await store.find(digest);
  if (!record) {
    return {
      kind: 'image',
      path,
      fault: 'image.json is missing, damaged, or of another version of Stackbed',
    };
  }
  const damage = (fault: string): Damage => ({ kind: 'image', path, id: record.id, fault });
  const present = await readdir(path, { recursive: true });
  for (const [name, sha256] of Object.entries(record.files)) {
    if (!present.includes(name)) return damage(`${name} is missing`);
    if ((await sha256File(join(path, name))) !== sha256)
      return damage(`${name} has another SHA-256 than when it was built`);
  }
  return record.digest === digest && imageDigest(record) === digest
    ? undefined
    : damage('image.json describes another image');
}

/**
 * Reads every byte of the store again and compares it with the digests under which it is kept.
 *
 * @throws InterruptedError when `signal` is raised
 */
export async function verifyStore(options: VerifyOptions = {}): Promise<Verification> {
  const images = new ImageStore();
  const packages = new PackageStore();
  const damaged: Damage[] = [];
  const next = (name: string) => {
    if (options.signal?.aborted) throw new InterruptedError('verifying the store was stopped');
    options.onItem?.(name);
  };
  const folders = await images.folders();
  for (const { digest, path } of folders) {
    next(digest);
    const damage = await imageDamage(images, digest, path);
    if (damage) damaged.push(damage);
  }
  const debs = await packages.list();
  for (const { sha256, path } of debs) {
    next(sha256);
    if ((await sha256File(path)) !== sha256)
      damaged.push({ kind: 'package', path, fault: 'its bytes have another SHA-256 than its name states' });
  }
  if (options.remove) for (const { path } of damaged) await rm(path, { recursive: true, force: true });
  return { images: folders.length, packages: debs.length, damaged };
}

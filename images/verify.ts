import { access, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { InterruptedError } from '../src/errors.js';
import { PackageStore } from './packages.js';
import { sha256File } from './sha256.js';
import { ImageStore, imageDigest } from './store.js';
import { whileNothingIsPulled } from './store-lock.js';
import { discard } from './temporary-folder.js';

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
  /** Bytes that were read. */
  readonly bytes: number;
  readonly damaged: readonly Damage[];
}

export interface VerifyOptions {
  /** Removes what is damaged: the next pull makes or fetches it anew. */
  readonly remove?: boolean;
  readonly signal?: AbortSignal;
}

const exists = (path: string) =>
  access(path).then(
    () => true,
    () => false,
  );

/** What is wrong with a file that should have the digest `sha256`; undefined when nothing is. */
async function fileFault(path: string, sha256: string): Promise<string | undefined> {
  try {
    return (await sha256File(path)) === sha256 ? undefined : 'has another SHA-256 than when it was stored';
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    return code === 'ENOENT' ? 'is missing' : `cannot be read: ${message}`;
  }
}

async function imageFault(store: ImageStore, digest: string, path: string): Promise<string | undefined> {
  const record = await store.find(digest);
  if (!record) return 'image.json is missing, damaged, or of another version of Stackbed';
  for (const [name, sha256] of Object.entries(record.files)) {
    const fault = await fileFault(join(path, name), sha256);
    if (fault) return `${name} ${fault}`;
  }
  if (record.digest !== digest || imageDigest(record) !== digest)
    return 'image.json describes another image, or is of another version of Stackbed';
  // What lies beside a program may be loaded by it.
  const expected = new Set(['image.json', ...Object.keys(record.files)]);
  for (const name of await readdir(path, { recursive: true }))
    if (!expected.has(name) && !(await stat(join(path, name))).isDirectory())
      return `${name} does not belong to it`;
  return undefined;
}

class Verifier {
  readonly #images = new ImageStore();
  readonly #packages = new PackageStore();
  readonly #damaged: Damage[] = [];
  #bytes = 0;

  constructor(private readonly options: VerifyOptions) {}

  async verify(): Promise<Verification> {
    const sizes = new Map((await this.#images.list()).map(({ record, size }) => [record.digest, size]));
    const folders = await this.#images.folders();
    for (const { digest, path } of folders) {
      const id = (await this.#images.find(digest))?.id;
      const fault = await this.#check(imageFault(this.#images, digest, path), sizes.get(digest) ?? 0);
      if (fault) await this.#report({ kind: 'image', path, fault, ...(id !== undefined && { id }) });
    }
    const packages = await this.#packages.list();
    for (const { sha256, path, size } of packages) {
      const fault = await this.#check(fileFault(path, sha256), size);
      if (fault) await this.#report({ kind: 'package', path, fault });
    }
    const counts = { images: folders.length, packages: packages.length };
    return { ...counts, bytes: this.#bytes, damaged: this.#damaged };
  }

  async #check(fault: Promise<string | undefined>, size: number): Promise<string | undefined> {
    const found = await fault;
    if (this.options.signal?.aborted) throw new InterruptedError('verifying the store was stopped');
    this.#bytes += size;
    return found;
  }

  async #report(damage: Damage): Promise<void> {
    // Another process may have removed it meanwhile.
    if (!(await exists(damage.path))) return;
    this.#damaged.push(damage);
    if (this.options.remove) await discard(damage.path);
  }
}

/**
 * Reads every byte of the store again and compares it with the digests under which it is kept.
 *
 * @throws InterruptedError when `signal` is raised
 * @throws CapabilityError when damage is to be removed while images are being pulled
 */
export function verifyStore(options: VerifyOptions = {}): Promise<Verification> {
  const verify = () => new Verifier(options).verify();
  return options.remove ? whileNothingIsPulled(new ImageStore().folder, verify) : verify();
}

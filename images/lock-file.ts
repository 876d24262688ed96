import { mkdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { writeFileAtomic } from '../src/atomic-file.js';
import { InputError } from '../src/errors.js';
import { exclusively } from './exclusive.js';
import { cacheFolder } from './store.js';

const packageSchema = z.object({
  name: z.string(),
  version: z.string(),
  architecture: z.string(),
  suite: z.string(),
  size: z.number().int(),
  sha256: z.string(),
});

/** What is recorded of a package. */
export function recordedPackage(of: z.infer<typeof packageSchema>): z.infer<typeof packageSchema> {
  return packageSchema.parse(of);
}

const lockedSchema = z.object({
  /** The full id it was resolved to. */
  id: z.string(),
  release: z.string(),
  upstream: z.string(),
  packages: z.array(packageSchema),
  /** Recipe → the image that it made of the packages: another version of Stackbed may make another. */
  digests: z.record(z.string(), z.string()),
});

const lockSchema = z.object({ version: z.literal(1), images: z.record(z.string(), lockedSchema) });

/** What an id was resolved to: the packages (kernel's and user space's) and the images built of them. */
export type Locked = z.infer<typeof lockedSchema>;

/** `images.lock.json`: catalogue id → exactly what it meant when it was first pulled. */
export class LockFile {
  /** @param path default `images.lock.json` in the cache folder */
  constructor(readonly path = join(cacheFolder(), 'images.lock.json')) {}

  /**
   * @param required whether a file that is not there is an error; default: it locks nothing
   * @throws InputError when the file is not a lock file
   */
  async read(required = false): Promise<Readonly<Record<string, Locked>>> {
    const text = await readFile(this.path, 'utf8').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT' && !required) return undefined;
      throw new InputError(`cannot read the image lock file ${this.path}: ${error.message}`);
    });
    if (text === undefined) return {};
    try {
      return lockSchema.parse(JSON.parse(text)).images;
    } catch (cause) {
      throw new InputError(`${this.path} is not an image lock file`, {
        remedy: 'restore it from version control, or remove it to resolve every image anew',
        cause,
      });
    }
  }

  /** Adds or replaces one entry; safe against other processes that do the same. */
  async set(id: string, locked: Locked): Promise<void> {
    await mkdir(dirname(this.path), { recursive: true });
    await exclusively(`${this.path}.held`, {}, async () => {
      const images = { ...(await this.read()), [id]: locked };
      const sorted = Object.fromEntries(Object.entries(images).sort(([a], [b]) => (a < b ? -1 : 1)));
      await writeFileAtomic(this.path, `${JSON.stringify({ version: 1, images: sorted }, undefined, 2)}\n`);
    });
  }
}

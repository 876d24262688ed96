import { mkdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { writeFileAtomic } from '../../src/atomic-file.js';
import { InputError } from '../../src/errors.js';
import { applianceSchema } from '../appliance/appliance.js';
import { architectures } from '../catalog-schema.js';
import { exclusively } from '../exclusive.js';
import { cacheFolder } from '../store.js';

const three = z.tuple([z.string(), z.string(), z.string()]);

const ownImageSchema = z.object({
  /** Of its bytes in the store. */
  digest: z.string(),
  labels: z.object({ kernel: three, distribution: three }),
  architecture: z.enum(architectures),
  /** NIC models that it has drivers for; the first is the one that it gets. */
  nics: z.array(z.string()).min(1),
  /** Arguments for its kernel, where it is started as a kernel. */
  append: z.string(),
  appliance: applianceSchema,
  note: z.string().optional(),
  /** The file that it was made of; size in bytes. */
  source: z.object({ name: z.string(), format: z.string(), sha256: z.string(), size: z.int() }),
});

/** An image that a user has added. */
export type OwnImage = z.infer<typeof ownImageSchema>;

const catalogSchema = z.object({ version: z.literal(1), images: z.record(z.string(), ownImageSchema) });

/** `own.json` in the cache folder: the user's own images by name. */
export class OwnCatalog {
  constructor(readonly path = join(cacheFolder(), 'own.json')) {}

  /** @throws InputError when the file is no such catalogue */
  async read(): Promise<Readonly<Record<string, OwnImage>>> {
    const text = await readFile(this.path, 'utf8').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return undefined;
      throw new InputError(`cannot read the catalogue of your own images ${this.path}: ${error.message}`);
    });
    if (text === undefined) return {};
    try {
      return catalogSchema.parse(JSON.parse(text)).images;
    } catch (cause) {
      throw new InputError(`${this.path} is not a catalogue of images`, {
        remedy: 'restore it, or remove it and add your images again',
        cause,
      });
    }
  }

  /** Changes it; safe against other processes that do the same. */
  async change(edit: (images: Record<string, OwnImage>) => void): Promise<void> {
    await mkdir(dirname(this.path), { recursive: true });
    await exclusively(`${this.path}.held`, {}, async () => {
      const images = { ...(await this.read()) };
      edit(images);
      const sorted = Object.fromEntries(Object.entries(images).sort(([a], [b]) => (a < b ? -1 : 1)));
      await writeFileAtomic(this.path, `${JSON.stringify({ version: 1, images: sorted }, undefined, 2)}\n`);
    });
  }
}

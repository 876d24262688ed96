import { createHash } from 'node:crypto';
import { chmod, mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { release as hostRelease } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import envPaths from 'env-paths';
import { z } from 'zod';
import { writeFileAtomic } from '../src/atomic-file.js';
import { type Appliance, applianceSchema } from './appliance/appliance.js';
import { withHostKernel } from './catalog-entry.js';
import { architectures } from './catalog-schema.js';
import { sizeOf } from './folder-size.js';
import { sha256File } from './sha256.js';
import { type ProcessImage, processSchema } from './stacks/stack.js';
import { withTemporaryFolder } from './temporary-folder.js';

const three = z.tuple([z.string(), z.string(), z.string()]);

const packageRecord = z.object({
  name: z.string(),
  version: z.string(),
  architecture: z.string(),
  suite: z.string(),
  size: z.number().int(),
  sha256: z.string(),
});

const recordSchema = z.object({
  id: z.string(),
  digest: z.string(),
  release: z.string(),
  architecture: z.enum(architectures),
  nics: z.array(z.string()),
  labels: z.object({ kernel: three, distribution: three }),
  packages: z.array(packageRecord),
  append: z.string(),
  /** Identifies the builder and the guest's init; another one gives other bytes. */
  recipe: z.string(),
  /** Path below the image's folder → SHA-256; `kernel` and `initrd`, the files of a program, or a disk. */
  files: z.record(z.string(), z.string()),
  /** Set when the image is a program. */
  process: processSchema.optional(),
  /** Set when the image is a machine that is not ours. */
  appliance: applianceSchema.optional(),
});

/** `image.json`: what an image is made of. */
export type ImageRecord = z.infer<typeof recordSchema>;

/** An image in the store, ready to boot. */
export interface BootableImage {
  /** Full catalogue id as resolved, e.g. `linux-6.12.117+deb13-cloud-amd64`. */
  readonly id: string;
  /** The id that was asked for. */
  readonly requested: string;
  /** SHA-256 over its files, hexadecimal. */
  readonly digest: string;
  /** Absolute path of its folder. */
  readonly folder: string;
  /** Absolute path of the kernel; meaningless for a program. */
  readonly kernel: string;
  /** Absolute path of the initramfs; meaningless for a program. */
  readonly initrd: string;
  readonly architecture: (typeof architectures)[number];
  /** NIC models, as QEMU names them, that it can drive. */
  readonly nics: readonly string[];
  readonly labels: {
    readonly kernel: [string, string, string];
    readonly distribution: [string, string, string];
  };
  /** What `uname -r` says in it. */
  readonly release: string;
  /** Kernel arguments that every boot of it should have, beside those that the machine needs. */
  readonly append: string;
  /** Set when the image is a program: how it is started. */
  readonly process?: ProcessImage;
  /** Set when the image is a machine that is not ours, with its own disk or kernel. */
  readonly appliance?: Appliance;
}

const sha256 = (data: string | Uint8Array) => createHash('sha256').update(data).digest('hex');

/** JSON whose bytes do not depend on the order in which keys were set or read back. */
function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_, each) =>
    each !== null && typeof each === 'object' && !Array.isArray(each)
      ? Object.fromEntries(Object.entries(each).sort(([a], [b]) => (a < b ? -1 : 1)))
      : each,
  );
}

/** What names an image: SHA-256 over the SHA-256 of its files and, for a program, how it is started. */
export function imageDigest(image: Omit<ImageRecord, 'digest'>): string {
  const lines = Object.entries(image.files).map(([name, each]) => `${each} ${name}\n`);
  // Two entries may be one and the same program, told apart by how it is started and labelled.
  if (image.process)
    lines.push(
      `${sha256(canonicalJson([image.id, image.labels, processSchema.parse(image.process)]))} process\n`,
    );
  return sha256(lines.join(''));
}

function describe(
  about: Omit<ImageRecord, 'digest' | 'files'>,
  files: Readonly<Record<string, string>>,
): ImageRecord {
  const described = { ...about, files };
  return { ...described, digest: imageDigest(described) };
}

const description = (record: ImageRecord) => `${JSON.stringify(record, undefined, 2)}\n`;

/** The folder for everything Stackbed downloads: STACKBED_CACHE, or the user's cache folder. */
export function cacheFolder(environment = process.env): string {
  return resolve(environment.STACKBED_CACHE || envPaths('stackbed', { suffix: '' }).cache);
}

/** Images by digest, each a folder that appears whole or not at all. */
export class ImageStore {
  /** @param folder default `images` in the cache folder */
  constructor(readonly folder = join(cacheFolder(), 'images')) {}

  /** Undefined when it is not there, its description is damaged, or another version of Stackbed wrote it. */
  async find(digest: string): Promise<ImageRecord | undefined> {
    const text = await readFile(join(this.folder, digest, 'image.json'), 'utf8').catch(() => undefined);
    try {
      return text === undefined ? undefined : recordSchema.safeParse(JSON.parse(text)).data;
    } catch {
      return undefined;
    }
  }

  /** Keeps an image under the digest of its bytes. */
  async put(
    files: Readonly<Record<string, Uint8Array>>,
    about: Omit<ImageRecord, 'digest' | 'files'>,
  ): Promise<ImageRecord> {
    const digests = Object.fromEntries(Object.entries(files).map(([name, data]) => [name, sha256(data)]));
    const record = describe(about, digests);
    if (await this.#refresh(record)) return record;
    return withTemporaryFolder(this.folder, async (folder) => {
      const building = join(folder, record.digest);
      await mkdir(building);
      for (const [name, data] of Object.entries(files)) {
        const path = join(building, name);
        await mkdir(dirname(path), { recursive: true });
        await writeFile(path, data, { mode: about.process ? 0o755 : 0o644 });
      }
      return this.#place(building, record);
    });
  }

  /**
   * Keeps files of `folder`, which lies in the store's own, under the digest of their bytes; they are moved.
   */
  async adopt(
    folder: string,
    names: readonly string[],
    about: Omit<ImageRecord, 'digest' | 'files'>,
  ): Promise<ImageRecord> {
    const digests: Record<string, string> = {};
    for (const name of names) digests[name] = await sha256File(join(folder, name));
    const record = describe(about, digests);
    if (await this.#refresh(record)) return record;
    const building = join(folder, record.digest);
    await mkdir(building);
    for (const name of names) {
      await chmod(join(folder, name), 0o444);
      await rename(join(folder, name), join(building, name));
    }
    return this.#place(building, record);
  }

  async #isWhole({ digest, files }: ImageRecord): Promise<boolean> {
    const checks = Object.entries(files).map(async ([name, expected]) => {
      return (await sha256File(join(this.folder, digest, name)).catch(() => undefined)) === expected;
    });
    return (await Promise.all(checks)).every(Boolean);
  }

  /** The bytes may be there, but the catalogue may say other things about them now. */
  async #refresh(record: ImageRecord): Promise<boolean> {
    if (!(await this.find(record.digest)) || !(await this.#isWhole(record))) return false;
    await writeFileAtomic(join(this.folder, record.digest, 'image.json'), description(record));
    return true;
  }

  async #place(building: string, record: ImageRecord): Promise<ImageRecord> {
    await writeFile(join(building, 'image.json'), description(record));
    const place = join(this.folder, record.digest);
    // What is there is damaged or of another version: replace it. Another process may be as quick; its bytes are
    // the same.
    await rename(place, join(dirname(building), 'replaced')).catch(() => undefined);
    await rename(building, place).catch(async (error) => {
      if (!(await this.find(record.digest))) throw error;
    });
    return record;
  }

  /** The folders of all images, whatever is in them, by the digest that they should have. */
  async folders(): Promise<{ digest: string; path: string }[]> {
    const names = await readdir(this.folder).catch(() => []);
    const digests = names.filter((name) => /^[0-9a-f]{64}$/.test(name)).sort();
    return digests.map((digest) => ({ digest, path: join(this.folder, digest) }));
  }

  bootable(record: ImageRecord, requested: string): BootableImage {
    const { id, digest, architecture, nics, labels, release, append, process, appliance } = record;
    const folder = join(this.folder, digest);
    const files = { kernel: join(folder, 'kernel'), initrd: join(folder, 'initrd') };
    const ofHost = process?.wire === 'bridge' || appliance?.medium === 'container';
    const kernel = ofHost ? hostRelease() : release;
    const about = { id, requested, digest, folder, architecture, nics, release: kernel, append };
    return {
      ...about,
      labels: withHostKernel(labels),
      ...files,
      ...(process && { process }),
      ...(appliance && { appliance }),
    };
  }

  /** Every image with its size in bytes. */
  async list(): Promise<{ record: ImageRecord; size: number }[]> {
    const found = await Promise.all((await this.folders()).map(({ digest }) => this.find(digest)));
    const sized = found
      .filter((record) => record !== undefined)
      .map(async (record) => ({ record, size: await sizeOf(join(this.folder, record.digest)) }));
    const byId = (a: ImageRecord, b: ImageRecord) => a.id.localeCompare(b.id, 'en', { numeric: true });
    return (await Promise.all(sized)).sort((a, b) => byId(a.record, b.record));
  }
}

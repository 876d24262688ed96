import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { CapabilityError, InterruptedError } from '../src/errors.js';
import { buildAppliance } from './appliance/recipe.js';
import { buildImage, recipeOf } from './build.js';
import { type Catalog, type CatalogEntry, findEntries, labelsOf, loadCatalog } from './catalog.js';
import { loadCatalogIndex } from './catalog-index.js';
import type { Architecture } from './catalog-schema.js';
import type { DebianPackage, PackageIndex } from './debian/package-index.js';
import { PackagesGone } from './debian/packages-gone.js';
import { exclusively } from './exclusive.js';
import { rememberLock } from './known-locks.js';
import { type Locked, LockFile, recordedPackage } from './lock-file.js';
import { ownBootable } from './own/bootable.js';
import { PackageStore } from './packages.js';
import type { OnProgress } from './progress.js';
import { type Resolution, resolveEntry } from './resolve.js';
import { buildStack } from './stacks/build.js';
import { type Stack, stackLabels } from './stacks/stack.js';
import { writingTo } from './storage-fault.js';
import { type BootableImage, cacheFolder, type ImageRecord, ImageStore } from './store.js';
import { untilNothingIsRemoved } from './store-lock.js';
import { gone, noLongerLocked, rememberGone } from './unobtainable.js';

export interface PullOptions {
  readonly onProgress?: OnProgress;
  readonly signal?: AbortSignal;
  /** Refresh the package index and resolve anew what was locked. */
  readonly update?: boolean;
  /** Path of the lock file; default `images.lock.json` in the cache folder. */
  readonly lockFile?: string;
  /** Asked about an image that cannot be had: when it returns true, the image is left out and the rest goes on. */
  readonly tolerate?: (id: string, error: CapabilityError) => boolean;
  /** How many images are fetched and built at once; default 2. */
  readonly jobs?: number;
}

/** Room to build in, in sizes of the packages: what is unpacked of them, and the image. */
const buildFactor = 5;

const isKernelPackage = (name: string) => name.startsWith('linux-');

/** One pull: an architecture's index is loaded when the first image needs it, and only once. */
class Pull {
  readonly #store = new ImageStore();
  readonly #packages = new PackageStore();
  readonly #lock: LockFile;
  readonly #indexes = new Map<Architecture, Promise<PackageIndex>>();

  constructor(
    private readonly catalog: Catalog,
    private readonly options: PullOptions,
  ) {
    this.#lock = new LockFile(options.lockFile);
  }

  async image(requested: string, entry: CatalogEntry): Promise<BootableImage> {
    if (entry.own) return ownBootable(this.#store, entry.id, entry.own);
    await mkdir(this.#store.folder, { recursive: true });
    const { signal, onProgress } = this.options;
    const onWait = (pid: number) => onProgress?.({ kind: 'waiting', id: entry.id, pid });
    const path = join(this.#store.folder, `.${entry.id}.lock`);
    return exclusively(path, { signal, onWait }, async () => {
      await untilNothingIsRemoved(this.#store.folder, { signal, onWait });
      const locked = this.options.update ? undefined : (await this.#lock.read())[entry.id];
      const recipe = await recipeOf(entry, this.catalog.family);
      const digest = locked?.digests[recipe];
      const stored = digest === undefined ? undefined : await this.#store.find(digest);
      const record = stored ?? (await this.#make(entry, recipe, locked));
      onProgress?.({ kind: 'ready', id: record.id, digest: record.digest, fromStore: stored !== undefined });
      return this.#store.bootable(record, requested);
    });
  }

  async #make(entry: CatalogEntry, recipe: string, locked: Locked | undefined): Promise<ImageRecord> {
    const resolution = locked
      ? await this.#fetchLocked(entry, locked)
      : await this.#fetchNewest(entry, await this.#packageIndex(entry));
    const { id, release, upstream } = resolution;
    this.options.onProgress?.({ kind: 'build', id });
    const packages = resolution.packages.map(recordedPackage);
    const debs = packages.map((each) => this.#packages.path(each));
    const { architecture, append } = entry;
    const about = { id, architecture, append, packages, recipe };
    const { stack } = entry;
    const { signal, onProgress } = this.options;
    const build = () =>
      entry.appliance
        ? buildAppliance(entry.appliance, debs, this.#store, about, { signal, onProgress })
        : stack
          ? this.#makeStack(stack, upstream, debs, { ...about, nics: [] })
          : this.#makeKernel(entry, resolution, debs, about);
    const size = packages.reduce((sum, each) => sum + each.size, 0);
    const record = await writingTo(this.#store.folder, build, buildFactor * size);
    const before = locked?.digests[recipe];
    if (before !== undefined && before !== record.digest)
      this.options.onProgress?.({ kind: 'differs', id, locked: before, digest: record.digest });
    const digests = { ...locked?.digests, [recipe]: record.digest };
    await this.#lock.set(entry.id, { id, release, upstream, packages, digests });
    return record;
  }

  async #makeKernel(
    entry: CatalogEntry,
    { release, upstream }: Resolution,
    debs: readonly string[],
    about: Omit<ImageRecord, 'digest' | 'files' | 'labels' | 'nics' | 'release'>,
  ): Promise<ImageRecord> {
    const { nics, ...files } = await buildImage(debs, release, entry, this.#store.folder);
    const labels = labelsOf(this.catalog.family, upstream, entry.build);
    return this.#store.put(files, { ...about, nics, release, labels });
  }

  async #makeStack(
    stack: Stack,
    upstream: string,
    debs: readonly string[],
    about: Omit<ImageRecord, 'digest' | 'files' | 'labels' | 'process' | 'release'>,
  ): Promise<ImageRecord> {
    const { onProgress } = this.options;
    const built = await buildStack(about.id, stack, debs, { scratch: this.#store.folder, onProgress });
    const release = built.release ?? upstream;
    const { files, process } = built;
    return this.#store.put(files, { ...about, release, labels: stackLabels(stack, release), process });
  }

  /**
   * An index may list what its archive no longer holds: an id that leaves the choice open then means the next
   * newest.
   */
  async #fetchNewest(entry: CatalogEntry, index: PackageIndex): Promise<Resolution> {
    const candidates = resolveEntry(this.catalog, entry, index);
    for (const [at, resolution] of candidates.entries()) {
      try {
        await this.#fetch(resolution, index);
        return resolution;
      } catch (error) {
        if (!(error instanceof PackagesGone) || !error.packages.some(isKernelPackage)) throw error;
        const next = candidates[at + 1];
        if (entry.pinned !== undefined || !next) throw gone(this.catalog, entry, index, error);
        const { packages } = error;
        this.options.onProgress?.({ kind: 'not-held', id: resolution.id, next: next.id, packages });
      }
    }
    throw new Error(`${entry.id} was resolved to nothing`);
  }

  async #fetchLocked(entry: CatalogEntry, locked: Locked): Promise<Locked> {
    const absent = await this.#absent(locked);
    if (absent.length === 0) return locked;
    const index = await this.#packageIndex(entry);
    const unlisted = absent.filter((each) => !index.packages.some((other) => other.sha256 === each.sha256));
    if (unlisted.length > 0) throw noLongerLocked(this.catalog, entry, locked, index, unlisted);
    await this.#fetch(locked, index).catch((error) => {
      if (!(error instanceof PackagesGone)) throw error;
      const missing = absent.filter(({ name }) => error.packages.includes(name));
      throw noLongerLocked(this.catalog, entry, locked, index, missing);
    });
    return locked;
  }

  async #absent({ packages }: Resolution): Promise<DebianPackage[]> {
    const here = await Promise.all(packages.map((each) => this.#packages.has(each)));
    return packages.filter((_, at) => !here[at]);
  }

  async #fetch(resolution: Resolution, index: PackageIndex): Promise<void> {
    const absent = await this.#absent(resolution);
    const packages = absent.map(({ name }) => name);
    const options = {
      signal: this.options.signal,
      onReceived: (received: number, total: number) =>
        this.options.onProgress?.({ kind: 'download', id: resolution.id, packages, received, total }),
    };
    await this.#packages.fetch(absent, index.root, options).catch(async (error) => {
      if (error instanceof PackagesGone)
        await rememberGone(
          index,
          absent.filter(({ name }) => error.packages.includes(name)).map(({ sha256 }) => sha256),
        );
      throw error;
    });
  }

  #packageIndex({ architecture }: CatalogEntry): Promise<PackageIndex> {
    const known = this.#indexes.get(architecture);
    if (known) return known;
    const index = loadCatalogIndex(this.catalog, architecture, this.options);
    this.#indexes.set(architecture, index);
    return index;
  }
}

/**
 * The images that `ids` name, by the id asked for: from the store when they are there, else downloaded and
 * built. When one fails the others stop; what was finished is kept.
 *
 * @throws InputError for an id that is not in the catalogue, before anything is fetched
 * @throws CapabilityError when the archive cannot be reached or no longer has what is locked, and `tolerate` does
 *   not bear it
 * @throws InterruptedError when `signal` is raised
 */
export async function pullImages(
  ids: readonly string[],
  options: PullOptions = {},
): Promise<Map<string, BootableImage>> {
  const catalog = await loadCatalog();
  const entries = findEntries(catalog, ids);
  const { lockFile } = options;
  if (lockFile !== undefined) {
    await new LockFile(lockFile).read();
    await writingTo(cacheFolder(), () => rememberLock(lockFile));
  }
  const failed = new AbortController();
  const signal = AbortSignal.any([failed.signal, ...(options.signal ? [options.signal] : [])]);
  const pull = new Pull(catalog, { ...options, signal });
  const waiting = [...entries];
  const images = new Map<string, BootableImage>();
  const work = async () => {
    for (let next = waiting.shift(); next && !signal.aborted; next = waiting.shift()) {
      const [id, entry] = next;
      const image = await writingTo(cacheFolder(), () => pull.image(id, entry)).catch((error: unknown) => {
        if (error instanceof CapabilityError && options.tolerate?.(id, error)) return undefined;
        throw error;
      });
      if (image) images.set(id, image);
    }
  };
  // The first error is the cause; those of the aborted others only follow from it.
  const onError = (error: unknown) => failed.abort(failed.signal.reason ?? error);
  await Promise.all(Array.from({ length: Math.max(1, options.jobs ?? 2) }, () => work().catch(onError)));
  if (failed.signal.aborted) throw failed.signal.reason;
  if (signal.aborted) throw new InterruptedError('pulling images was stopped');
  // In the order asked for, whichever was ready first.
  return new Map([...entries.keys()].flatMap((id) => (images.has(id) ? [[id, images.get(id)!]] : [])));
}

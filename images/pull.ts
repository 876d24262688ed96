import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { CapabilityError, InputError, InputErrors } from '../src/errors.js';
import { buildImage, recipeVersion } from './build.js';
import { type Catalog, type CatalogEntry, labelsOf, loadCatalog } from './catalog.js';
import { findMirror } from './debian/mirror.js';
import { loadPackageIndex, type PackageIndex } from './debian/package-index.js';
import { exclusively } from './exclusive.js';
import { type Locked, LockFile } from './lock-file.js';
import { PackageStore } from './packages.js';
import type { OnProgress } from './progress.js';
import { offered, type Resolution, resolveEntry } from './resolve.js';
import { type BootableImage, cacheFolder, ImageStore } from './store.js';

export interface PullOptions {
  readonly onProgress?: OnProgress;
  readonly signal?: AbortSignal;
  /** Refresh the package index and resolve anew what was locked. */
  readonly update?: boolean;
  /** Path of the lock file; default `images.lock.json` in the cache folder. */
  readonly lockFile?: string;
  /** How many images are fetched and built at once; default 2. */
  readonly jobs?: number;
}

const lockFileAt = (path: string | undefined) =>
  new LockFile(path ?? join(cacheFolder(), 'images.lock.json'));
const imageStore = () => new ImageStore(join(cacheFolder(), 'images'));

/** The entries that `ids` mean. @throws InputError (or InputErrors) naming the nearest ids for unknown ones */
export function findEntries(catalog: Catalog, ids: readonly string[]): Map<string, CatalogEntry> {
  const entries = new Map<string, CatalogEntry>();
  const errors: InputError[] = [];
  for (const id of ids) {
    const entry = catalog.find(id);
    if (entry) entries.set(id, entry);
    else {
      const remedy = `did you mean ${catalog.nearest(id).join(', ')}?`;
      errors.push(new InputError(`there is no image ${JSON.stringify(id)} in the catalogue`, { remedy }));
    }
  }
  if (errors.length === 1) throw errors[0];
  if (errors.length > 1) throw new InputErrors(errors);
  return entries;
}

/** The package index for the whole catalogue. */
export async function catalogIndex(catalog: Catalog, options: PullOptions = {}): Promise<PackageIndex> {
  const { builds, busybox, include } = catalog.family;
  const suites = [...new Set([...Object.values(builds).flatMap((build) => build.suites), ...busybox.suites])];
  const content = { mirror: await findMirror(), suites, architectures: include.architectures };
  const { signal, onProgress, update = false } = options;
  return loadPackageIndex(join(cacheFolder(), 'apt'), content, { signal, onProgress, refresh: update });
}

/** One pull: the index is loaded when the first image needs it, and only once. */
class Pull {
  readonly #store = imageStore();
  readonly #packages = new PackageStore(join(cacheFolder(), 'packages'));
  readonly #lock: LockFile;
  #index: Promise<PackageIndex> | undefined;

  constructor(
    private readonly catalog: Catalog,
    private readonly recipe: string,
    private readonly options: PullOptions,
  ) {
    this.#lock = lockFileAt(options.lockFile);
  }

  async image(requested: string, entry: CatalogEntry): Promise<BootableImage> {
    await mkdir(this.#store.folder, { recursive: true });
    const { signal, onProgress } = this.options;
    const onWait = (pid: number) => onProgress?.({ kind: 'waiting', id: entry.id, pid });
    const path = join(this.#store.folder, `.${entry.id}.lock`);
    return exclusively(path, { signal, onWait }, async () => {
      const locked = this.options.update ? undefined : (await this.#lock.read())[entry.id];
      const stored = locked?.recipe === this.recipe ? await this.#store.find(locked.digest) : undefined;
      const record = stored ?? (await this.#make(entry, locked));
      onProgress?.({ kind: 'ready', id: record.id, digest: record.digest, fromStore: stored !== undefined });
      return this.#store.bootable(record, requested);
    });
  }

  async #make(entry: CatalogEntry, locked: Locked | undefined) {
    const resolution = locked ?? resolveEntry(this.catalog, entry, await this.#packageIndex());
    await this.#fetch(entry, resolution, locked !== undefined);
    this.options.onProgress?.({ kind: 'build', id: resolution.id });
    const files = resolution.packages.map((each) => this.#packages.path(each));
    const built = await buildImage(
      { kernel: files.slice(0, -1), busybox: files.at(-1)! },
      resolution.release,
      entry.nics,
    );
    const { id, release, upstream, packages } = resolution;
    const record = await this.#store.put(built, {
      id,
      release,
      architecture: entry.architecture,
      nics: [...entry.nics],
      labels: labelsOf(this.catalog.family, upstream, entry.build),
      packages: [...packages],
      busybox: packages.at(-1)!.version,
      recipe: this.recipe,
    });
    const { digest } = record;
    await this.#lock.set(entry.id, {
      id,
      release,
      upstream,
      packages: [...packages],
      recipe: this.recipe,
      digest,
    });
    return record;
  }

  async #fetch(entry: CatalogEntry, resolution: Resolution, isLocked: boolean): Promise<void> {
    const here = await Promise.all(resolution.packages.map((each) => this.#packages.has(each)));
    if (here.every(Boolean)) return;
    const index = await this.#packageIndex();
    const gone = resolution.packages.filter(
      (each, at) => !here[at] && !index.packages.some((other) => other.sha256 === each.sha256),
    );
    if (isLocked && gone.length > 0) {
      const replacement = offered(entry, index)[0]?.id;
      const names = gone.map(({ name, version }) => `${name} ${version}`).join(', ');
      throw new CapabilityError(
        `${entry.id} is locked to ${resolution.id}, but the archive no longer has ${names}`,
        {
          remedy: replacement
            ? `pull with --update to lock it to ${replacement} instead`
            : 'choose another image',
        },
      );
    }
    const packages = resolution.packages.map(({ name }) => name);
    await this.#packages.fetch(resolution.packages, index.root, {
      signal: this.options.signal,
      onReceived: (received, total) =>
        this.options.onProgress?.({ kind: 'download', id: resolution.id, packages, received, total }),
    });
  }

  #packageIndex(): Promise<PackageIndex> {
    this.#index ??= catalogIndex(this.catalog, this.options);
    return this.#index;
  }
}

/**
 * The images that `ids` name, by the id asked for: from the store when they are there, else downloaded and built.
 *
 * @throws InputError for an id that is not in the catalogue, before anything is fetched
 * @throws CapabilityError when the archive cannot be reached or no longer has what is locked
 * @throws InterruptedError when `signal` is raised
 */
export async function pullImages(
  ids: readonly string[],
  options: PullOptions = {},
): Promise<Map<string, BootableImage>> {
  const catalog = await loadCatalog();
  const entries = findEntries(catalog, ids);
  const pull = new Pull(catalog, await recipeVersion(), options);
  const images = new Map<string, BootableImage>();
  const waiting = [...entries];
  const work = async () => {
    for (let next = waiting.shift(); next; next = waiting.shift())
      images.set(next[0], await pull.image(...next));
  };
  await Promise.all(Array.from({ length: Math.max(1, options.jobs ?? 2) }, work));
  return new Map([...entries.keys()].map((id) => [id, images.get(id)!]));
}

/** The image that `id` is locked to, when it is in the store; never touches the network. */
export async function storedImage(
  id: string,
  options: { readonly lockFile?: string } = {},
): Promise<BootableImage | undefined> {
  const catalog = await loadCatalog();
  const entry = findEntries(catalog, [id]).get(id)!;
  const locked = (await lockFileAt(options.lockFile).read())[entry.id];
  const record =
    locked?.recipe === (await recipeVersion()) ? await imageStore().find(locked.digest) : undefined;
  return record && imageStore().bootable(record, id);
}

/** Every image in the store, with its size in bytes; offline. */
export async function listStored(): Promise<(BootableImage & { readonly size: number })[]> {
  const store = imageStore();
  return (await store.list()).map((record) => ({ ...store.bootable(record, record.id), size: record.size }));
}

/** A point release that the archive offers: `id` pins it. Size of the download in bytes, without busybox. */
export interface OfferedImage {
  readonly id: string;
  readonly release: string;
  readonly version: string;
  readonly suite: string;
  readonly size: number;
}

/** Every kernel package of the catalogue's suites, flavours and architectures, from the package index. */
export async function listImages(options: PullOptions = {}): Promise<OfferedImage[]> {
  const catalog = await loadCatalog();
  const index = await catalogIndex(catalog, options);
  return catalog.entries().flatMap((entry) =>
    offered(entry, index).map(({ id, kernel: { release, version, suite, packages } }) => {
      const size = packages.reduce((sum, each) => sum + each.size, 0);
      return { id, release, version, suite, size };
    }),
  );
}

import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { CapabilityError, InterruptedError } from '../src/errors.js';
import { buildImage, recipeOf } from './build.js';
import { type Catalog, type CatalogEntry, findEntries, labelsOf, loadCatalog } from './catalog.js';
import { loadCatalogIndex } from './catalog-index.js';
import type { PackageIndex } from './debian/package-index.js';
import { exclusively } from './exclusive.js';
import { type Locked, LockFile } from './lock-file.js';
import { PackageStore } from './packages.js';
import type { OnProgress } from './progress.js';
import { offered, type Resolution, resolveEntry } from './resolve.js';
import { buildStack } from './stacks/build.js';
import { type Stack, stackLabels } from './stacks/stack.js';
import { type BootableImage, cacheFolder, type ImageRecord, ImageStore } from './store.js';

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

/** One pull: the index is loaded when the first image needs it, and only once. */
class Pull {
  readonly #store = new ImageStore();
  readonly #packages = new PackageStore(join(cacheFolder(), 'packages'));
  readonly #lock: LockFile;
  #index: Promise<PackageIndex> | undefined;

  constructor(
    private readonly catalog: Catalog,
    private readonly options: PullOptions,
  ) {
    this.#lock = new LockFile(options.lockFile);
  }

  async image(requested: string, entry: CatalogEntry): Promise<BootableImage> {
    await mkdir(this.#store.folder, { recursive: true });
    const { signal, onProgress } = this.options;
    const onWait = (pid: number) => onProgress?.({ kind: 'waiting', id: entry.id, pid });
    const path = join(this.#store.folder, `.${entry.id}.lock`);
    return exclusively(path, { signal, onWait }, async () => {
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
    const resolution = locked ?? resolveEntry(this.catalog, entry, await this.#packageIndex());
    await this.#fetch(entry, resolution, locked !== undefined);
    const { id, release, upstream } = resolution;
    this.options.onProgress?.({ kind: 'build', id });
    const packages = [...resolution.packages];
    const debs = packages.map((each) => this.#packages.path(each));
    const { architecture, append } = entry;
    const about = { id, architecture, nics: [...entry.nics], append, packages, recipe };
    const { stack } = entry;
    const record = stack
      ? await this.#makeStack(stack, upstream, debs, about)
      : await this.#store.put(await buildImage(debs, release, entry.nics, this.#store.folder), {
          ...about,
          release,
          labels: labelsOf(this.catalog.family, upstream, entry.build),
        });
    const digests = { ...locked?.digests, [recipe]: record.digest };
    await this.#lock.set(entry.id, { id, release, upstream, packages, digests });
    return record;
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

  async #fetch(entry: CatalogEntry, resolution: Resolution, isLocked: boolean): Promise<void> {
    const here = await Promise.all(resolution.packages.map((each) => this.#packages.has(each)));
    const absent = resolution.packages.filter((_, at) => !here[at]);
    if (absent.length === 0) return;
    const index = await this.#packageIndex();
    const gone = absent.filter((each) => !index.packages.some((other) => other.sha256 === each.sha256));
    if (isLocked && gone.length > 0) {
      const replacement = offered(entry, index)[0]?.id;
      const names = gone.map(({ name, version }) => `${name} ${version}`).join(', ');
      const message = `${entry.id} is locked to ${resolution.id}, but the archive no longer has ${names}`;
      const instead = `pull with --update to lock it to ${replacement} instead`;
      throw new CapabilityError(message, { remedy: replacement ? instead : 'choose another image' });
    }
    const packages = absent.map(({ name }) => name);
    await this.#packages.fetch(absent, index.root, {
      signal: this.options.signal,
      onReceived: (received, total) =>
        this.options.onProgress?.({ kind: 'download', id: resolution.id, packages, received, total }),
    });
  }

  #packageIndex(): Promise<PackageIndex> {
    this.#index ??= loadCatalogIndex(this.catalog, this.options);
    return this.#index;
  }
}

/**
 * The images that `ids` name, by the id asked for: from the store when they are there, else downloaded and
 * built. When one fails the others stop; what was finished is kept.
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
  const failed = new AbortController();
  const signal = AbortSignal.any([failed.signal, ...(options.signal ? [options.signal] : [])]);
  const pull = new Pull(catalog, { ...options, signal });
  const waiting = [...entries];
  const images = new Map<string, BootableImage>();
  const work = async () => {
    for (let next = waiting.shift(); next && !signal.aborted; next = waiting.shift()) {
      images.set(next[0], await pull.image(...next));
    }
  };
  // The first error is the cause; those of the aborted others only follow from it.
  const onError = (error: unknown) => failed.abort(failed.signal.reason ?? error);
  await Promise.all(Array.from({ length: Math.max(1, options.jobs ?? 2) }, () => work().catch(onError)));
  if (failed.signal.aborted) throw failed.signal.reason;
  if (signal.aborted) throw new InterruptedError('pulling images was stopped');
  return new Map([...entries.keys()].map((id) => [id, images.get(id)!]));
}

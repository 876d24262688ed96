import { CapabilityError } from '../src/errors.js';
import { recipeOf } from './build.js';
import { type Catalog, type CatalogEntry, type Labels, labelsOf, loadCatalog } from './catalog.js';
import { withHostKernel } from './catalog-entry.js';
import { type CatalogIndexOptions, catalogHoldings, loadCatalogIndex } from './catalog-index.js';
import { type Architecture, architectures } from './catalog-schema.js';
import { fileUri } from './debian/holdings.js';
import type { PackageIndex } from './debian/package-index.js';
import { type Locked, LockFile } from './lock-file.js';
import { type Resolution, resolveEntry } from './resolve.js';
import { stackLabels } from './stacks/stack.js';
import { writingTo } from './storage-fault.js';
import { cacheFolder, ImageStore } from './store.js';

/** An image that can be pulled, or is in the store already. */
export interface OfferedImage {
  /** The id that names it: of a kernel its point release. */
  readonly id: string;
  /** Id of its entry in the catalogue. */
  readonly entry: string;
  /**
   * `stack`: an implementation of TCP/IP that is not Linux's. `own`: added by the user. `path`: stands in a
   * path. `container`: its kernel is the host's.
   */
  readonly kind: 'linux' | 'stack' | 'own' | 'path' | 'container';
  /** Of the kernel, `6.12`; null for what is no Linux. */
  readonly series: string | null;
  /** `cloud`, `generic`, `rt`; null for what is no Debian kernel. */
  readonly flavour: string | null;
  readonly architecture: Architecture;
  readonly labels: Labels;
  /** Suite of its first package; `npm` for what is made of a package of npm alone. */
  readonly suite: string;
  /** Debian's, or npm's, version of that package; null when no index is there to say it. */
  readonly version: string | null;
  /** Of all its Debian packages, in bytes; null when no index is there to say it. */
  readonly size: number | null;
  /** Whether the archive holds its packages; null when it could not be asked. */
  readonly held: boolean | null;
  readonly stored: { readonly digest: string; readonly bytes: number } | null;
  readonly note: string | null;
}

/** What can be pulled now, as far as can be known. */
export interface Offer {
  /** Those that the archive does not hold are left out, unless they are in the store. */
  readonly images: readonly OfferedImage[];
  /** Ids of those that the archive lists but no longer holds. */
  readonly gone: readonly string[];
  /** Entries of the catalogue of which the archive has nothing. */
  readonly unavailable: readonly { readonly entry: string; readonly reason: string }[];
  /** When the oldest package index that was used was read, in ms since 1970; null when there was none. */
  readonly readAt: number | null;
  /** For people: what was out of reach, and what that means. */
  readonly notes: readonly string[];
}

export type OfferOptions = CatalogIndexOptions;

type Candidate = Omit<OfferedImage, 'held' | 'stored'> & { uris: readonly string[]; resolved: string | null };

const seriesOf = ([family, , version]: Labels['kernel']) =>
  family === 'linux' ? (/^linux (\d+\.\d+)/.exec(version)?.[1] ?? null) : null;

function labelled(catalog: Catalog, entry: CatalogEntry, upstream: string): Labels {
  if (entry.stack) return withHostKernel(stackLabels(entry.stack, upstream));
  return entry.appliance ? entry.labels : labelsOf(catalog.family, upstream, entry.build);
}

function kindOf({ own, netem, stack }: CatalogEntry, { kernel: [family] }: Labels): OfferedImage['kind'] {
  if (own) return 'own';
  if (netem) return 'path';
  if (stack?.build.kind === 'container') return 'container';
  return family === 'linux' ? 'linux' : 'stack';
}

function describe(
  entry: CatalogEntry,
  labels: Labels,
): Omit<Candidate, 'id' | 'suite' | 'uris' | 'resolved'> {
  const kind = kindOf(entry, labels);
  return {
    entry: entry.id,
    kind,
    series: entry.series || (kind === 'container' ? null : seriesOf(labels.kernel)),
    flavour: entry.flavour || null,
    architecture: entry.architecture,
    labels,
    version: null,
    size: null,
    note: entry.note?.trim() ?? null,
  };
}

function candidate(
  catalog: Catalog,
  entry: CatalogEntry,
  { id, upstream, packages }: Resolution,
  { mirror }: PackageIndex,
): Candidate {
  return {
    ...describe(entry, labelled(catalog, entry, upstream)),
    id: entry.stack ? entry.id : id,
    resolved: id,
    suite: packages[0]?.suite ?? 'npm',
    version: packages[0]?.version ?? upstream,
    size: packages.reduce((sum, each) => sum + each.size, 0),
    uris: packages.flatMap((each) => fileUri(mirror, each) ?? []),
  };
}

/** The index of one architecture: today's, else the last that was read. */
async function indexOf(
  catalog: Catalog,
  architecture: Architecture,
  options: OfferOptions,
  notes: string[],
): Promise<PackageIndex | undefined> {
  const load = (offline: boolean) => loadCatalogIndex(catalog, architecture, { ...options, offline });
  try {
    return await load(options.offline ?? false);
  } catch (error) {
    if (!(error instanceof CapabilityError)) throw error;
    notes.push(`${architecture}: ${error.message}`);
    return options.offline ? undefined : load(true).catch(() => undefined);
  }
}

/** What the store has, by the id that it was resolved to and by the entry that is locked to it. */
async function storedImages(catalog: Catalog) {
  const locked: Readonly<Record<string, Locked>> = await new LockFile().read();
  const stored = (await new ImageStore().list()).map(({ record, size }) => ({ record, bytes: size }));
  const recipes = new Map<string, string>();
  return async (entryId: string, resolved: string | null): Promise<OfferedImage['stored']> => {
    const entry = catalog.find(entryId)!;
    const recipe = recipes.get(entryId) ?? (await recipeOf(entry, catalog.family));
    recipes.set(entryId, recipe);
    const digest = locked[entryId]?.digests[recipe];
    const found = stored.find(({ record }) =>
      resolved === null || entry.stack
        ? record.digest === digest
        : record.id === resolved && record.recipe === recipe,
    );
    return found ? { digest: found.record.digest, bytes: found.bytes } : null;
  };
}

/** The user's own images: nobody need be asked for them. */
async function ownImages(catalog: Catalog): Promise<OfferedImage[]> {
  const sizes = new Map((await new ImageStore().list()).map(({ record, size }) => [record.digest, size]));
  return catalog.entries().flatMap((entry) => {
    if (!entry.own) return [];
    const { digest, source } = entry.own;
    const bytes = sizes.get(digest);
    const about = { ...describe(entry, entry.labels), id: entry.id, suite: '' };
    const stored = bytes === undefined ? null : { digest, bytes };
    return [{ ...about, size: source.size, held: stored !== null, stored }];
  });
}

/**
 * Everything that can be pulled: each point release of each kernel in the catalogue, each stack, and the
 * user's own. Where the archive is out of reach, what was known last, or else the catalogue, with a note.
 *
 * @throws InterruptedError when `signal` is raised while an index is read
 */
export function offeredImages(options: OfferOptions = {}): Promise<Offer> {
  return writingTo(cacheFolder(), () => offer(options));
}

async function offer(options: OfferOptions): Promise<Offer> {
  const catalog = await loadCatalog();
  const notes: string[] = [];
  const unavailable: { entry: string; reason: string }[] = [];
  const candidates: Candidate[] = [];
  let readAt: number | null = null;
  for (const architecture of architectures) {
    const entries = catalog.entries().filter((each) => each.architecture === architecture && !each.own);
    const index = await indexOf(catalog, architecture, options, notes);
    if (!index) {
      for (const entry of entries)
        candidates.push({
          ...describe(entry, entry.labels),
          id: entry.id,
          resolved: null,
          suite: entry.suites[0] ?? 'npm',
          uris: [],
        });
      continue;
    }
    readAt = Math.min(readAt ?? index.readAt, index.readAt);
    for (const { suite, reason } of index.missing)
      notes.push(`${architecture}: no index of ${suite}: ${reason}`);
    for (const entry of entries) {
      try {
        for (const each of resolveEntry(catalog, entry, index))
          candidates.push(candidate(catalog, entry, each, index));
      } catch (error) {
        if (!(error instanceof CapabilityError)) throw error;
        unavailable.push({ entry: entry.id, reason: error.message });
      }
    }
  }
  const held = await catalogHoldings().of(
    candidates.flatMap(({ uris }) => uris),
    {
      signal: options.signal,
      offline: options.offline ?? false,
      onAsk: (files) => options.onProgress?.({ kind: 'holdings', files }),
    },
  );
  const storedAs = await storedImages(catalog);
  const images: OfferedImage[] = [];
  const gone: string[] = [];
  for (const { uris, resolved, ...about } of candidates) {
    const answers = uris.map((uri) => held.get(uri));
    const isHeld = answers.includes(false)
      ? false
      : resolved === null || answers.includes(undefined)
        ? null
        : true;
    const stored = await storedAs(about.entry, resolved);
    if (isHeld === false) gone.push(about.id);
    if (isHeld !== false || stored) images.push({ ...about, held: isHeld, stored });
  }
  const unknown = images.filter((each) => each.held === null).length;
  if (unknown > 0) notes.push(`the archive was not asked whether it still holds ${unknown} of these images`);
  return { images: [...images, ...(await ownImages(catalog))], gone, unavailable, readAt, notes };
}

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { distance } from 'fastest-levenshtein';
import { parse } from 'yaml';
import { InputError, InputErrors } from '../src/errors.js';
import { packageRoot } from '../src/package-root.js';
import {
  type Architecture,
  defaultFlavour,
  type Family,
  type Flavour,
  familySchema,
  variantsOf,
} from './catalog-schema.js';
import { type FullIdentifier, formatIdentifier, parseIdentifier } from './identifier.js';
import { type Answer, answerKinds } from './stacks/answers.js';
import { type Stack, stacksSchema } from './stacks/stack.js';

/** What an image will be labelled, coarse to fine; before a point release is chosen the last is the series. */
export interface Labels {
  readonly kernel: [string, string, string];
  readonly distribution: [string, string, string];
}

/** One (series, build, flavour, architecture): what can be asked for. */
export interface CatalogEntry {
  readonly id: string;
  /** Shorter ids that mean the same. */
  readonly aliases: readonly string[];
  readonly labels: Labels;
  readonly architecture: Architecture;
  readonly flavour: string;
  readonly series: string;
  readonly build: string;
  readonly suites: readonly string[];
  readonly nics: readonly string[];
  /** The flavour's name in package names, e.g. `cloud-amd64`. */
  readonly packageFlavour: string;
  /** Kernel arguments that every boot of it should have. */
  readonly append: string;
  /** The version that the id pins; undefined when the id names a series and the newest is meant. */
  readonly pinned: string | undefined;
  /** What the machine is known to answer. */
  readonly answers: readonly Answer[];
  /** What somebody who asks for it should know. */
  readonly note?: string;
  /** Set when the image is a program that is started as it is, no kernel in an emulator. */
  readonly stack?: Stack;
}

const defaultArchitecture: Architecture = 'amd64';

const kernelLabels = (version: string): Labels['kernel'] => [
  'linux',
  `linux ${version.split('.')[0]}.x`,
  `linux ${version.replace(/-\d+$/, '')}`,
];

/** Labels of the kernel `version` (upstream's, e.g. `6.12.117`) in the build `build`. */
export function labelsOf(family: Family, version: string, build: string): Labels {
  const release = family.builds[build]!.release;
  const { distribution } = family;
  return {
    kernel: kernelLabels(version),
    distribution: ['linux', distribution, `${distribution} ${release}`],
  };
}

function shorterIds(family: Family, id: FullIdentifier): string[] {
  const plusBuild = `${id.family}-${id.version}+${id.build}`;
  const isDefaultBuild = Object.keys(family.series[id.series]!)[0] === id.build;
  const bases = isDefaultBuild ? [plusBuild, `${id.family}-${id.version}`] : [plusBuild];
  const isDefaultFlavour = defaultFlavour(family, id.architecture as Architecture) === id.flavour;
  const isDefaultArchitecture = id.architecture === defaultArchitecture;
  return bases.flatMap((base) => [
    ...(isDefaultFlavour && isDefaultArchitecture ? [base] : []),
    ...(isDefaultFlavour ? [`${base}-${id.architecture}`] : []),
    ...(isDefaultArchitecture ? [`${base}-${id.flavour}`] : []),
    ...(base === plusBuild ? [] : [`${base}-${id.flavour}-${id.architecture}`]),
  ]);
}

function stackEntry(id: string, stack: Stack): CatalogEntry {
  const { labels, append, note, answers } = stack;
  const suites = Object.keys(stack.packages);
  const kernelOnly = { flavour: '', packageFlavour: '', series: '', build: '', nics: [] };
  return {
    ...kernelOnly,
    id,
    aliases: [],
    labels,
    architecture: 'amd64',
    suites,
    append,
    pinned: undefined,
    answers,
    note,
    stack,
  };
}

/** The images that can be asked for; offline. */
export class Catalog {
  readonly #byId = new Map<string, CatalogEntry>();

  constructor(
    readonly family: Family,
    readonly stacks: Readonly<Record<string, Stack>> = {},
  ) {
    for (const [series, builds] of Object.entries(family.series)) {
      for (const build of Object.keys(builds)) {
        for (const [flavour, architecture] of variantsOf(family, series, build)) {
          const id = { family: family.family, version: series, series, build, flavour, architecture };
          const entry = this.#entry(id);
          this.#byId.set(entry.id, entry);
        }
      }
    }
    for (const [id, stack] of Object.entries(stacks)) this.#byId.set(id, stackEntry(id, stack));
  }

  /** One entry a (series, build, flavour, architecture), oldest series first. */
  entries(): CatalogEntry[] {
    return [...this.#byId.values()];
  }

  /**
   * The entry that `id` (full, shortened or with an exact point release) means; undefined when there is none.
   */
  find(id: string): CatalogEntry | undefined {
    if (id in this.stacks) return this.#byId.get(id);
    const parts = parseIdentifier(id);
    if (!parts) return undefined;
    const architecture = (parts.architecture ?? defaultArchitecture) as Architecture;
    const full: FullIdentifier = {
      ...parts,
      build: parts.build ?? Object.keys(this.family.series[parts.series] ?? {})[0] ?? '',
      flavour: parts.flavour ?? defaultFlavour(this.family, architecture) ?? '',
      architecture,
    };
    const series = this.#byId.get(formatIdentifier({ ...full, version: full.series }));
    return series && full.version !== full.series ? this.#entry(full) : series;
  }

  /** The ids most like a mistaken one, best first. */
  nearest(id: string): string[] {
    const candidates = this.entries().map((entry) => {
      const names = [entry.id, ...entry.aliases].map((name) => ({ name, far: distance(id, name) }));
      return names.reduce((best, name) => (name.far < best.far ? name : best));
    });
    return candidates
      .toSorted((a, b) => a.far - b.far)
      .slice(0, 3)
      .map(({ name }) => name);
  }

  #entry(id: FullIdentifier): CatalogEntry {
    const architecture = id.architecture as Architecture;
    const flavour = this.family.flavours[id.flavour as Flavour];
    const note = this.family.notes[`${id.series}+${id.build}`];
    const append = [this.family.arguments, this.family.architecture_arguments[architecture] ?? ''];
    return {
      id: formatIdentifier(id),
      aliases: shorterIds(this.family, id),
      labels: labelsOf(this.family, id.version, id.build),
      architecture,
      flavour: id.flavour,
      series: id.series,
      build: id.build,
      suites: this.family.builds[id.build]!.suites,
      nics: flavour.nics,
      packageFlavour: flavour.packages[architecture]!,
      append: append.join(' ').trim(),
      answers: answerKinds,
      ...(note === undefined ? {} : { note }),
      pinned: id.version === id.series ? undefined : id.version,
    };
  }
}

/** Loads images/catalog. Throws an Error when a file there is invalid, which is a fault of Stackbed's own. */
export async function loadCatalog(folder = join(packageRoot, 'images/catalog')): Promise<Catalog> {
  const read = async (name: string): Promise<unknown> =>
    parse(await readFile(join(folder, name), 'utf8'), { merge: true });
  const stacks = async (name: string) => stacksSchema.parse(await read(name)).stacks;
  return new Catalog(familySchema.parse(await read('debian-linux.yaml')), {
    ...(await stacks('stacks.yaml')),
    ...(await stacks('firmware.yaml')),
  });
}

/**
 * The entries that `ids` mean.
 *
 * @throws InputError (InputErrors for several) naming the nearest ids for unknown ones
 */
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

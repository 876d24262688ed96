import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { distance } from 'fastest-levenshtein';
import { parse } from 'yaml';
import { InputError, InputErrors } from '../src/errors.js';
import { packageRoot } from '../src/package-root.js';
import { type ApplianceRecipe, appliancesSchema } from './appliance/recipe.js';
import {
  applianceEntry,
  type CatalogEntry,
  type Labels,
  netemApplianceEntry,
  ownEntry,
  stackEntry,
} from './catalog-entry.js';
import {
  type Architecture,
  defaultFlavour,
  type Family,
  type Flavour,
  familySchema,
  nicsOf,
  variantsOf,
} from './catalog-schema.js';
import { type FullIdentifier, formatIdentifier, parseIdentifier } from './identifier.js';
import { type NetemApplianceRecipe, netemApplianceSchema } from './netem-appliance/recipe.js';
import { OwnCatalog, type OwnImage } from './own/catalog.js';
import { answerKinds } from './stacks/answers.js';
import { type Stack, stacksSchema } from './stacks/stack.js';

/** What a catalogue holds beside Linux kernels, by id. */
export interface Others {
  readonly stacks?: Readonly<Record<string, Stack>>;
  readonly appliances?: Readonly<Record<string, ApplianceRecipe>>;
  readonly own?: Readonly<Record<string, OwnImage>>;
  readonly netem?: NetemApplianceRecipe;
}

export type { CatalogEntry, Labels } from './catalog-entry.js';

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

/** The images that can be asked for; offline. */
export class Catalog {
  readonly #byId = new Map<string, CatalogEntry>();
  /** Entries that are no Debian kernels, by id and by alias. */
  readonly #others = new Map<string, CatalogEntry>();

  readonly stacks: Readonly<Record<string, Stack>>;

  constructor(
    readonly family: Family,
    { stacks = {}, appliances = {}, own = {}, netem }: Others = {},
  ) {
    this.stacks = stacks;
    for (const [series, builds] of Object.entries(family.series)) {
      for (const build of Object.keys(builds)) {
        for (const [flavour, architecture] of variantsOf(family, series, build)) {
          const id = { family: family.family, version: series, series, build, flavour, architecture };
          const entry = this.#entry(id);
          this.#byId.set(entry.id, entry);
        }
      }
    }
    const kernel = netem && this.find(netem.kernel);
    const others = [
      ...Object.entries(stacks).map(([id, stack]) => stackEntry(id, stack)),
      ...Object.entries(appliances).map(([id, appliance]) => applianceEntry(id, appliance)),
      ...(kernel ? [netemApplianceEntry(kernel, netem)] : []),
      ...Object.entries(own).map(([id, image]) => ownEntry(id, image)),
    ];
    for (const entry of others)
      for (const name of [entry.id, ...entry.aliases]) if (!this.find(name)) this.#others.set(name, entry);
  }

  /** One entry a (series, build, flavour, architecture), oldest series first. */
  entries(): CatalogEntry[] {
    return [...this.#byId.values(), ...new Set(this.#others.values())];
  }

  /**
   * The entry that `id` (full, shortened or with an exact point release) means; undefined when there is none.
   */
  find(id: string): CatalogEntry | undefined {
    const other = this.#others.get(id);
    if (other) return other;
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
      nics: nicsOf(this.family, id.series, id.flavour as Flavour, architecture),
      packageFlavour: flavour.packages[architecture]!,
      append: append.join(' ').trim(),
      answers: answerKinds,
      ...(note === undefined ? {} : { note }),
      pinned: id.version === id.series ? undefined : id.version,
    };
  }
}

/**
 * Loads images/catalog and the user's own images. Throws an Error when a file of the former is invalid, which
 * is a fault of Stackbed's own, and an InputError when the latter's is.
 */
export async function loadCatalog(folder = join(packageRoot, 'images/catalog')): Promise<Catalog> {
  const read = async (name: string): Promise<unknown> =>
    parse(await readFile(join(folder, name), 'utf8'), { merge: true });
  const stacksOf = async (name: string) => stacksSchema.parse(await read(name)).stacks;
  const files = ['stacks.yaml', 'firmware.yaml', 'containers.yaml'];
  const stacks = Object.assign({}, ...(await Promise.all(files.map(stacksOf)))) as Record<string, Stack>;
  const { appliances } = appliancesSchema.parse(await read('appliances.yaml'));
  const netem = netemApplianceSchema.parse(await read('netem-appliance.yaml'));
  const own = await new OwnCatalog().read();
  return new Catalog(familySchema.parse(await read('debian-linux.yaml')), {
    stacks,
    appliances,
    own,
    netem,
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

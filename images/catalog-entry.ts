import { release } from 'node:os';
import type { ApplianceRecipe } from './appliance/recipe.js';
import type { Architecture } from './catalog-schema.js';
import type { NetemApplianceRecipe } from './netem-appliance/recipe.js';
import type { OwnImage } from './own/catalog.js';
import type { Answer } from './stacks/answers.js';
import type { Stack } from './stacks/stack.js';

/**
 * What an image will be labelled, coarse to fine; before a point release is chosen the last is the series.
 */
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
  /** Set when the image is a machine's disk that a package carries. */
  readonly appliance?: ApplianceRecipe;
  /** Set for the netem appliance, which stands in a path and is not probed. */
  readonly netem?: NetemApplianceRecipe;
  /** Set when a user has added it; it is in the store. */
  readonly own?: OwnImage;
}

/** What only kernels have. */
const noKernel = { flavour: '', packageFlavour: '', series: '', build: '', pinned: undefined };

/** Labels with `{host}` filled in: the release of this machine's kernel, which containers share. */
export function withHostKernel(labels: Labels): Labels {
  const fill = (label: string) => label.replace('{host}', release());
  const all = (three: Labels['kernel']) => three.map(fill) as Labels['kernel'];
  return { kernel: all(labels.kernel), distribution: all(labels.distribution) };
}

/** The entry of a stack that runs as a process. */
export function stackEntry(id: string, stack: Stack): CatalogEntry {
  const { append, note, answers } = stack;
  const labels = withHostKernel(stack.labels);
  const suites = Object.keys(stack.packages);
  const about = { ...noKernel, id, aliases: [], nics: [], architecture: 'amd64' as const };
  return { ...about, labels, suites, append, answers, note, stack };
}

/** The entry of a machine whose disk a package carries. */
export function applianceEntry(id: string, appliance: ApplianceRecipe): CatalogEntry {
  const { labels, note, nics, aliases, architecture } = appliance;
  const suites = Object.keys(appliance.packages);
  const { answers } = appliance.machine;
  return {
    ...noKernel,
    id,
    aliases,
    labels,
    architecture,
    suites,
    nics,
    append: '',
    answers,
    note,
    appliance,
  };
}

/** The entry of the netem appliance, which has the kernel of another entry. */
export function netemApplianceEntry(kernel: CatalogEntry, netem: NetemApplianceRecipe): CatalogEntry {
  const suites = [...new Set([...kernel.suites, ...Object.keys(netem.packages)])];
  const { id, note } = netem;
  return { ...kernel, id, aliases: [], suites, nics: ['virtio-net-pci'], answers: [], note, netem };
}

/** The entry of an image that a user has added. */
export function ownEntry(id: string, own: OwnImage): CatalogEntry {
  const { note, nics, append, architecture, appliance } = own;
  const labels = withHostKernel(own.labels);
  const about = { ...noKernel, id, aliases: [], suites: [], answers: appliance.answers };
  return { ...about, labels, architecture, nics, append, own, ...(note === undefined ? {} : { note }) };
}

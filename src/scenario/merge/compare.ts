import { InputError, InputErrors } from '../../errors.js';
import type { ReadScenario } from '../read.js';
import type { Manifest, RunFolder } from '../run-folder.js';
import type { Scenario } from '../schema.js';

/** A run that is to be merged. */
export interface Part {
  readonly folder: RunFolder;
  readonly read: ReadScenario;
  readonly manifest: Manifest;
}

interface Aspect {
  readonly what: string;
  of(part: Part): unknown;
  /** What makes it equal, where there is a way. */
  readonly remedy?: string;
}

const probing = (name: keyof Scenario['probes']): Aspect => ({
  what: `probes.${name}`,
  of: ({ read }) => read.scenario.probes[name],
});

/** What runs must have in common, so that their machines are rows of one table. */
const aspects: readonly Aspect[] = [
  { what: 'the seed', of: ({ read }) => read.scenario.seed },
  ...(
    [
      'count',
      'copies',
      'open',
      'closed',
      'closed_share',
      'reset',
      'order',
      'spread',
      'state',
      'group',
      'select',
    ] as const
  ).map(probing),
  {
    what: 'the probes that were sent (SHA-256)',
    of: ({ manifest }) => manifest.probesDigest,
    remedy:
      'equal scenarios that give other probes were run by versions with another generator, or selected them, each by its own pilot',
  },
  { what: 'the path', of: ({ read }) => read.scenario.path },
  { what: 'nmap', of: ({ read }) => read.scenario.nmap },
  { what: 'the conditions', of: ({ read }) => read.scenario.conditions },
];

function shown(text: string): string {
  return text.length > 100 ? `${text.slice(0, 97)}...` : text;
}

function differences(first: Part, other: Part): InputError[] {
  return aspects.flatMap(({ what, of, remedy }) => {
    // As text: a predicate in a path is a program, made anew each time that it is read.
    const [one, two] = [of(first), of(other)].map((value) => JSON.stringify(value) ?? 'nothing');
    if (one === two) return [];
    const message = `${what} differs: ${shown(one!)} in ${first.folder.path}, ${shown(two!)} in ${other.folder.path}`;
    return [new InputError(message, { remedy })];
  });
}

function overlap(first: Part, other: Part): InputError[] {
  const known = new Set(first.manifest.machines);
  const both = other.manifest.machines.filter((id) => known.has(id));
  if (both.length === 0) return [];
  const more = both.length > 5 ? `, ... (${both.length})` : '';
  return [
    new InputError(
      `${first.folder.path} and ${other.folder.path} both have: ${both.slice(0, 5).join(', ')}${more}`,
      { remedy: 'merge runs of disjoint fleets; a machine is one of its run, measured or not' },
    ),
  ];
}

function otherImages(first: Part, other: Part): InputError[] {
  return Object.entries(other.manifest.images ?? {}).flatMap(([name, { digest }]) => {
    const before = first.manifest.images?.[name];
    if (!before || before.digest === digest) return [];
    return [
      new InputError(
        `${name} was ${before.digest.slice(0, 12)} in ${first.folder.path} and ${digest.slice(0, 12)} in ${other.folder.path}`,
        {
          remedy: `run the second again with the images of the first: --lock ${first.folder.path}/images.lock.json`,
        },
      ),
    ];
  });
}

/** Throws InputErrors that name all that keeps runs apart. */
export function checkMergeable(parts: readonly Part[]): void {
  const [first, ...others] = parts;
  const errors = others.flatMap((other) => differences(first!, other));
  for (const [place, one] of parts.entries())
    for (const other of parts.slice(place + 1))
      errors.push(...overlap(one, other), ...otherImages(one, other));
  if (errors.length > 0) throw new InputErrors(errors);
}

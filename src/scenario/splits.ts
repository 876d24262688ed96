import type { Split } from '../learn/index.js';
import type { MachineRecord } from './run-folder.js';
import type { Scenario } from './schema.js';

/** What a scenario may ask cross-validation to keep apart. */
export const splitNames = [
  'stratified',
  'by-image',
  'by-release',
  'leave-hardware-out',
  'leave-configuration-out',
  'leave-application-out',
] as const;

export type SplitName = (typeof splitNames)[number];

type Described = Pick<MachineRecord, 'image' | 'labels' | 'hardware' | 'configuration' | 'application'>;

/** What the machines of one group have in common. */
const groupOf: Readonly<Record<Exclude<SplitName, 'stratified'>, (machine: Described) => string>> = {
  'by-image': ({ image }) => image,
  'by-release': ({ labels }) => labels.kernel[2]!,
  'leave-hardware-out': ({ hardware }) =>
    JSON.stringify(Object.entries(hardware).sort(([one], [other]) => (one < other ? -1 : 1))),
  'leave-configuration-out': ({ configuration }) => configuration?.name ?? '',
  'leave-application-out': ({ application }) => application?.name ?? '',
};

/** The split of `machines`, rows of the matrix; undefined where fewer than two groups are left to keep apart. */
export function splitOf(
  name: SplitName,
  machines: readonly Described[],
): (Split & { readonly name: string }) | undefined {
  if (name === 'stratified') return { name, kind: 'stratified' };
  const groups = machines.map(groupOf[name]);
  if (new Set(groups).size < 2) return undefined;
  return { name, kind: name.startsWith('leave-') ? 'leave-out' : 'grouped', groups };
}

/**
 * What the experiments of a scenario keep apart when they learn these labels: the first of their splits that is not
 * `stratified`, and that where there is none.
 */
export function usualSplit(
  { experiments }: Pick<Scenario, 'experiments'>,
  hierarchy: 'kernel' | 'distribution',
  level: number,
): SplitName {
  const named = experiments.flatMap((one) =>
    one.kind === 'accuracy' && one.hierarchy.includes(hierarchy) && one.level.includes(level)
      ? one.split
      : [],
  );
  return named.find((name) => name !== 'stratified') ?? 'stratified';
}

/** How settings were tested, where more was held out than machines one by one. */
export const splitText = (split: SplitName) => (split === 'stratified' ? '' : `, held out ${split}`);

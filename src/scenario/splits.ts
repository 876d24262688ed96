import type { Split } from '../learn/index.js';
import type { MachineRecord } from './run-folder.js';

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

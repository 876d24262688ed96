import type { CauseClass, Factor } from '../../report/causes-result.js';
import type { MachineRecord } from '../run-folder.js';

/** Something in which two machines may differ, and how a machine stands in it. */
interface FactorRule {
  readonly factor: Factor;
  readonly class: CauseClass;
  setting(record: MachineRecord): string;
}

/** The settings of a machine; what it is an image of is not among them. */
const settings: readonly FactorRule[] = [
  { factor: 'path', class: 'network', setting: ({ condition }) => condition ?? 'path' },
  { factor: 'ram', class: 'hardware', setting: ({ hardware }) => `${hardware.ram_mib}M` },
  { factor: 'cores', class: 'hardware', setting: ({ hardware }) => `${hardware.cores}` },
  { factor: 'nic', class: 'hardware', setting: ({ hardware }) => hardware.nic },
  { factor: 'machine', class: 'hardware', setting: ({ hardware }) => hardware.machine ?? 'pc' },
  { factor: 'cpu', class: 'hardware', setting: ({ hardware }) => hardware.cpu ?? 'default' },
  { factor: 'driver', class: 'hardware', setting: ({ driver }) => driver ?? 'qemu' },
  { factor: 'network', class: 'hardware', setting: ({ network }) => network ?? 'wire' },
  { factor: 'runtime', class: 'hardware', setting: ({ runtime }) => runtime ?? 'runc' },
  {
    factor: 'application',
    class: 'application',
    setting: ({ application }) => application?.name ?? 'stock',
  },
  {
    factor: 'configuration',
    class: 'configuration',
    setting: ({ configuration }) => configuration?.name ?? 'stock',
  },
];

const release = ({ labels }: MachineRecord) => labels.kernel[2]!;

/** An image's id without its release: build and flavour are left. */
function madeLike(record: MachineRecord): string {
  return record.image.replaceAll(release(record).split(' ').at(-1)!, '');
}

export interface FactorView {
  readonly factor: Factor;
  readonly class: CauseClass;
  readonly setting: (record: MachineRecord) => string;
  /** Machines of equal keys differ in nothing but the factor, if at all. */
  readonly key: (record: MachineRecord) => string;
}

const among = (chosen: readonly FactorRule[]) => (record: MachineRecord) =>
  chosen.map((one) => one.setting(record));

/** All factors; `boot` is none: its machines are equal, and were started one by one. */
export const factors: readonly FactorView[] = [
  {
    ...{ factor: 'boot', class: 'hidden state' },
    setting: () => '',
    key: (record) => JSON.stringify([record.digest, record.image, ...among(settings)(record)]),
  },
  ...settings.map((own): FactorView => {
    const others = settings.filter((one) => one !== own);
    return {
      ...{ factor: own.factor, class: own.class, setting: own.setting },
      key: (record) => JSON.stringify([record.digest, record.image, ...among(others)(record)]),
    };
  }),
  {
    ...{ factor: 'build', class: 'build' },
    setting: ({ image }) => image,
    key: (record) => JSON.stringify([release(record), ...among(settings)(record)]),
  },
  {
    ...{ factor: 'release', class: 'OS source code' },
    setting: release,
    key: (record) => JSON.stringify([record.labels.kernel[0], madeLike(record), ...among(settings)(record)]),
  },
];

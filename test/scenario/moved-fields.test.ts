import { describe, expect, test } from 'vitest';
import {
  ABSENT,
  type FieldSpec,
  type MachineSummary,
  NO_RESPONSE,
  NONDET,
} from '../../src/dataset/summary.js';
import { movedFields } from '../../src/scenario/moved-fields.js';
import type { MachineRecord } from '../../src/scenario/run-folder.js';
import { partial, summary } from './summaries.js';

const fields: FieldSpec[] = [
  { name: 'ip.ttl', kind: 'number' },
  { name: 'tcp.options.order', kind: 'text' },
];
const texts = ['M,S', 'M'];
type Row = readonly (readonly number[] | typeof partial)[];

function machine(
  id: string,
  rows: Row,
  { image = 'x', ram = 256, configuration = 'stock', application = 'stock' } = {},
): [MachineRecord, MachineSummary] {
  const record: MachineRecord = {
    id,
    image,
    digest: `digest of ${image}`,
    labels: { kernel: ['a', 'b', 'c'], distribution: ['a', 'b', 'c'] },
    hardware: { architecture: 'amd64', ram_mib: ram, cores: 1, nic: 'virtio-net-pci' },
    configuration: { name: configuration, sysctls: {} },
    application: { name: application, socket: {} },
    status: 'measured',
    boot_ms: 1,
    ...{ packets_sent: 1, packets_received: 1, unmatched: 0, late: 0, duration_ms: 1, lost_by_path: 0 },
    decisions: 0,
    decisions_digest: '',
  };
  return [record, summary(id, rows, fields.length, texts)];
}

function moved(...machines: [MachineRecord, MachineSummary][]) {
  return movedFields(
    machines.map(([record]) => record),
    machines.map(([, one]) => one),
    fields,
  );
}

describe('what moved', () => {
  test('are the fields that differ between machines of one image, with an example', () => {
    const found = moved(
      machine(
        'a',
        [
          [64, 0],
          [64, 0],
        ],
        { ram: 128 },
      ),
      machine(
        'b',
        [
          [64, 1],
          [64, 0],
        ],
        { ram: 256 },
      ),
      machine(
        'c',
        [
          [64, ABSENT],
          [64, 1],
        ],
        { ram: 512 },
      ),
    );
    expect(found).toEqual([
      {
        image: 'x',
        cause: 'ram',
        machines: 3,
        fields: [
          {
            field: 'tcp.options.order',
            probes: 2,
            probe: 0,
            values: [
              { setting: '128M', value: 'M,S' },
              { setting: '256M', value: 'M' },
              { setting: '512M', value: 'absent' },
            ],
          },
        ],
      },
    ]);
  });

  test('is attributed only where one thing alone differs', () => {
    const both = moved(
      machine('a', [[64, 0]]),
      machine('b', [[128, 0]], { ram: 512, configuration: 'ttl-128' }),
    );
    expect(both).toEqual([]);
    const each = moved(
      machine('a', [[64, 0]]),
      machine('b', [[64, 0]], { ram: 512 }),
      machine('c', [[128, 0]], { configuration: 'ttl-128' }),
      machine('d', [[64, 1]], { application: 'low-mss' }),
    );
    expect(each.map(({ cause, fields: names }) => [cause, names.map(({ field }) => field)])).toEqual([
      ['ram', []],
      ['configuration', ['ip.ttl']],
      ['application', ['tcp.options.order']],
    ]);
  });

  test('is not looked for between images', () => {
    expect(moved(machine('a', [[64, 0]]), machine('b', [[128, 0]], { image: 'y', ram: 512 }))).toEqual([]);
  });

  test('tells silence against an answer apart from values that differ', () => {
    const [found] = moved(
      machine('a', [[64, 0]], { ram: 128 }),
      machine('b', [[NO_RESPONSE, NO_RESPONSE]], { ram: 256 }),
    );
    expect(found!.fields).toEqual([
      {
        field: 'response',
        probes: 1,
        probe: 0,
        values: [
          { setting: '128M', value: 'answer' },
          { setting: '256M', value: 'silence' },
        ],
      },
    ]);
  });

  test('counts nondeterminism as a value, a partial answer as none, and a repetition not at all', () => {
    const [found] = moved(
      machine(
        'a',
        [
          [64, 0],
          [64, 0],
        ],
        { ram: 128 },
      ),
      machine(
        'a-2',
        [
          [9, 0],
          [9, 0],
        ],
        { ram: 128 },
      ),
      machine('b', [[NONDET, 0], partial], { ram: 256 }),
    );
    expect(found).toMatchObject({ machines: 2, fields: [{ field: 'ip.ttl', probes: 1 }] });
    expect(found!.fields[0]!.values[1]).toEqual({ setting: '256M', value: 'nondeterministic' });
  });
});

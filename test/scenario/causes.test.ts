import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import { RowTable } from '../../src/dataset/row-table.js';
import { sharedRows } from '../../src/dataset/shared-rows.js';
import {
  ABSENT,
  type FieldSpec,
  type MachineSummary,
  NO_RESPONSE,
  NONDET,
} from '../../src/dataset/summary.js';
import { renderReport } from '../../src/report/html.js';
import { resultJsonSchema } from '../../src/report/json-schema.js';
import { parseResult } from '../../src/report/parse.js';
import { renderText } from '../../src/report/text.js';
import { assemble } from '../../src/scenario/assemble.js';
import { causesOf } from '../../src/scenario/causes/causes.js';
import type { MeasuredCondition } from '../../src/scenario/measured-conditions.js';
import type { MachineRecord } from '../../src/scenario/run-folder.js';
import { readTags, sectionOf, tableOf } from '../report/page-reader.js';
import { recordRun } from './recorded-run.js';
import { partial, summary } from './summaries.js';

const fields: FieldSpec[] = [
  { name: 'ip.ttl', kind: 'number' },
  { name: 'tcp.window', kind: 'number' },
  { name: 'tcp.options.order', kind: 'text' },
  { name: 'icmp.type', kind: 'number' },
];
type Row = readonly number[] | typeof partial;

interface Described {
  readonly rows: readonly Row[];
  readonly texts?: readonly string[];
  readonly image?: string;
  readonly labels?: readonly [release: string, distribution: string];
  readonly ram?: number;
  readonly configuration?: string;
  readonly condition?: string;
}

const usual = [64, 100, 0, ABSENT];
const silent = [NO_RESPONSE, NO_RESPONSE, NO_RESPONSE, NO_RESPONSE];

function machine(id: string, described: Described): [MachineRecord, MachineSummary] {
  const { rows, texts = ['M', 'M,S'], image = 'linux-6.1+a', labels = ['linux 6.1', 'a 1'] } = described;
  const record: MachineRecord = {
    ...{ id, image, digest: `digest of ${image}`, status: 'measured', boot_ms: 1 },
    labels: { kernel: ['linux', 'linux 6.x', labels[0]], distribution: ['linux', 'a', labels[1]] },
    hardware: { architecture: 'amd64', ram_mib: described.ram ?? 256, cores: 1, nic: 'virtio-net-pci' },
    configuration: { name: described.configuration ?? 'stock', sysctls: {} },
    ...(described.condition !== undefined && { condition: described.condition }),
    ...{ packets_sent: 1, packets_received: 1, unmatched: 0, late: 0, duration_ms: 1, lost_by_path: 0 },
    ...{ decisions: 0, decisions_digest: '' },
  };
  return [record, summary(id, rows, fields.length, texts)];
}

function condition(...machines: [MachineRecord, MachineSummary][]): MeasuredCondition {
  const dataset = { summaries: machines.map(([, one]) => one) };
  return { records: machines.map(([record]) => record), dataset } as unknown as MeasuredCondition;
}

const causes = (...machines: [MachineRecord, MachineSummary][]) =>
  causesOf([condition(...machines)], fields)!;
/** What moved what, without the copies of a probe. */
const found = (...machines: [MachineRecord, MachineSummary][]) =>
  causes(...machines)
    .interventions.filter(({ factor }) => factor !== 'copies')
    .map(({ factor, from, to, fields: moved }) => [
      factor,
      `${from} → ${to}`,
      ...moved.map(({ field, probes, values }) => `${field} ${probes}: ${values.join(' → ')}`),
    ]);

describe('what moves a field', () => {
  it('is the one thing in which two machines differ', () => {
    expect(
      found(
        machine('base', { rows: [usual, usual] }),
        machine('more', { rows: [[64, 200, 0, ABSENT], usual], ram: 1024 }),
        machine('hard', {
          rows: [
            [128, 100, 1, ABSENT],
            [128, 100, 1, ABSENT],
          ],
          configuration: 'ttl-128',
        }),
        machine('both', { rows: [usual, usual], ram: 1024, configuration: 'sack-off' }),
      ),
    ).toEqual([
      ['ram', '256M → 1024M', 'tcp.window 1: 100 → 200'],
      ['configuration', 'stock → ttl-128', 'ip.ttl 2: 64 → 128', 'tcp.options.order 2: M → M,S'],
      ['configuration', 'stock → sack-off', 'tcp.window 1: 200 → 100'],
    ]);
  });

  it('is not what differs from boot to boot, which is told by itself', () => {
    expect(
      found(
        machine('base', { rows: [usual, usual] }),
        machine('base-2', { rows: [[64, 101, 0, ABSENT], usual] }),
        machine('more', {
          rows: [
            [64, 102, 0, ABSENT],
            [64, 200, 0, ABSENT],
          ],
          ram: 1024,
        }),
        machine('more-2', {
          rows: [
            [64, 102, 1, ABSENT],
            [64, 200, 0, ABSENT],
          ],
          ram: 1024,
        }),
      ),
    ).toEqual([
      ['boot', 'one boot → another', 'tcp.window 1: 100 → 101'],
      ['boot', 'one boot → another', 'tcp.options.order 1: M → M,S'],
      ['ram', '256M → 1024M', 'tcp.window 1: 100 → 200'],
    ]);
  });

  it('may make a machine silent, beside which no field is compared; partial answers say nothing', () => {
    expect(
      found(
        machine('base', { rows: [usual, usual, usual] }),
        machine('more', { rows: [silent, partial, usual], ram: 1024 }),
      ),
    ).toEqual([['ram', '256M → 1024M', 'response 1: answer → silence']]);
  });

  it('is a release of the same builder, or a build of the same release, and not both at once', () => {
    const other = (order: number) => [[64, 100, order, ABSENT]];
    expect(
      found(
        machine('base', { rows: [usual] }),
        machine('newer', { rows: other(1), image: 'linux-6.2+a', labels: ['linux 6.2', 'a 1'] }),
        machine('built', { rows: other(0), image: 'linux-6.1+b', labels: ['linux 6.1', 'a 2'] }),
        machine('far', { rows: other(1), image: 'linux-6.3+c', labels: ['linux 6.3', 'a 3'] }),
      ),
    ).toEqual([
      ['build', 'linux-6.1+a → linux-6.1+b'],
      ['release', 'linux 6.1 → linux 6.2', 'tcp.options.order 1: M → M,S'],
    ]);
  });

  it('may be the path: conditions have texts of their own', () => {
    const clean = condition(machine('base', { rows: [[64, 100, 1, ABSENT], usual], condition: 'clean' }));
    const behind = machine('base', {
      ...{ rows: [[63, 100, 0, ABSENT], usual], condition: 'nat' },
      // The same words, otherwise numbered: only the second probe's order is another one.
      texts: ['M,S', 'M'],
    });
    const { interventions } = causesOf([clean, condition(behind)], fields)!;
    expect(interventions.at(-1)).toEqual({
      ...{ factor: 'path', class: 'network', image: 'linux-6.1+a', from: 'clean', to: 'nat', machines: 2 },
      fields: [
        { field: 'ip.ttl', probes: 1, probe: 0, values: ['64', '63'] },
        { field: 'tcp.options.order', probes: 1, probe: 1, values: ['M', 'M,S'] },
      ],
    });
  });
});

it('copies that a path sets apart are the path’s doing', () => {
  const clean = condition(machine('base', { rows: [usual], condition: 'clean' }));
  const behind = condition(machine('base', { rows: [[64, NONDET, 0, ABSENT]], condition: 'scrub' }));
  const { fields: table } = causesOf([clean, behind], fields)!;
  expect(table.find(({ field }) => field === 'tcp.window')!.moved).toEqual([{ class: 'network', probes: 1 }]);
});

describe('the table of causes', () => {
  const table = causes(
    machine('base', { rows: [usual, [64, NONDET, 0, ABSENT]] }),
    machine('more', { rows: [[64, 200, 0, ABSENT], usual], ram: 1024 }),
    machine('yet', { rows: [[64, 300, 0, ABSENT], usual], ram: 2048 }),
    machine('newer', {
      rows: [
        [63, 100, 0, ABSENT],
        [63, 100, 0, ABSENT],
      ],
      image: 'linux-6.2+a',
      labels: ['linux 6.2', 'a 1'],
    }),
  );

  it('counts each probe once for a class, and has the fields that some response had', () => {
    expect(table.fields).toEqual([
      { field: 'response', moved: [], prone: false },
      { field: 'ip.ttl', moved: [{ class: 'OS source code', probes: 2 }], prone: false },
      {
        field: 'tcp.window',
        moved: [
          { class: 'nondeterminism', probes: 1 },
          { class: 'hardware', probes: 2 },
          { class: 'OS source code', probes: 1 },
        ],
        prone: true,
      },
      { field: 'tcp.options.order', moved: [], prone: false },
    ]);
  });

  it('calls prone what is moved by something other than source code and build', () => {
    expect(table.prone).toEqual(['tcp.window']);
  });

  it('is none where nothing was measured', () => {
    expect(causesOf([condition()], fields)).toBeUndefined();
  });
});

it('rows of several tables become rows of one, equal where they mean the same', () => {
  const [first, second] = sharedRows(
    [
      summary('a', [usual, [64, 100, 1, ABSENT]], fields.length, ['M', 'M,S']),
      summary('b', [[64, 100, 1, ABSENT], silent], fields.length, ['M,S', 'M']),
    ],
    fields,
  );
  expect(first!.table).toBe(second!.table);
  expect(first!.table).toBeInstanceOf(RowTable);
  expect(second!.rows[0]).toBe(first!.rows[0]);
  expect(new Set([...first!.rows, ...second!.rows]).size).toBe(3);
  expect(Array.from(second!.values.subarray(4))).toEqual(silent);
});

it('an experiment on causes stands in result, report and terminal', async () => {
  const root = await mkdtemp(join(tmpdir(), 'causes-'));
  const text = `
machines: [{image: linux-6.12}]
probes: {count: 12, copies: 2}
experiments: [{kind: causes}]
`;
  const run = await recordRun(root, text, ['a', 'b'], { kinds: { b: { ttl: 128 } } });
  const result = await assemble(run);
  await rm(root, { recursive: true });
  const json = JSON.parse(JSON.stringify(result));
  expect(parseResult(json, 'result.json').causes).toEqual(result.causes);
  expect(new Ajv2020({ strict: true, strictTuples: false }).compile(resultJsonSchema())(json)).toBe(true);
  const page = renderReport(result);
  readTags(page);
  const rows = tableOf(sectionOf(page, 'causes'), 'Fields and the causes');
  const answered = String(result.machines[0]!.answered);
  // Nondeterminism, hidden state, network, hardware, application, configuration, build, source code; prone.
  expect(rows.find(([name]) => name === 'ip.ttl')).toEqual([
    'ip.ttl',
    '·',
    answered,
    '',
    '',
    '',
    '',
    '',
    '',
    'prone',
  ]);
  expect(rows.find(([name]) => name === 'ip.version')?.slice(1, 3)).toEqual(['·', '·']);
  expect(renderText(result)).toMatch(/^ {2}ip\.ttl +\. +\d+ +prone$/m);
});

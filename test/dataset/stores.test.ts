import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeDecisions } from '../../src/dataset/impairment-store.js';
import { readParquet } from '../../src/dataset/parquet.js';
import { readProbes, writeProbes } from '../../src/dataset/probe-store.js';
import { writeSummaries } from '../../src/dataset/summary-store.js';
import { TextTable } from '../../src/dataset/texts.js';
import type { Decision } from '../../src/netem/decision-log.js';
import { fields } from '../../src/probe/fields.js';
import { generateProbes } from '../../src/probe/generator.js';
import { probeFrame } from '../../src/probe/probe.js';
import { type Answers, plain, summaryOf, twoFields } from './fixtures.js';

let folder: string;
let path: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'stores-'));
  path = join(folder, 'table.parquet');
});
afterAll(() => rm(folder, { recursive: true }));

const answers: Answers = [
  [
    [64, 1],
    [64, 1],
  ],
  [
    [1, 2],
    [2, 3],
  ],
  [undefined, [1, 1]],
  [undefined, undefined],
  [
    [7, 255],
    [7, 255],
  ],
];

describe('probes.parquet', () => {
  it('gives back where each probe went, and its frame', async () => {
    const probes = generateProbes({ seed: 3, count: 200, closedShare: 0.5 });
    const frames = probes.map((probe) => probeFrame(probe, { open: 22, closed: 81 }));
    await writeProbes(path, probes, frames);
    const expected = probes.map(({ target }, index) => ({ target, frame: frames[index] }));
    expect(await readProbes(path)).toEqual(expected);
  });
});

describe('summary.parquet', () => {
  it('has a row a machine and probe, and says in its footer what its codes mean', async () => {
    const texts = new TextTable();
    const summaries = ['b', 'a'].map((machine) => summaryOf(answers, { machine, texts }).summary);
    await writeSummaries(path, summaries, twoFields);
    const { rows, metadata } = await readParquet(path);
    const of = (machine: string) => [
      { machine, probe: 0, answers: 2, copies: 2, first: 64n, second: 'text 1' },
      { machine, probe: 1, answers: 2, copies: 2, first: -2n, second: 'NONDET' },
      { machine, probe: 2, answers: 1, copies: 2, first: null, second: null },
      { machine, probe: 3, answers: 0, copies: 2, first: null, second: null },
      { machine, probe: 4, answers: 2, copies: 2, first: 7n, second: null },
    ];
    expect(rows).toEqual([...of('b'), ...of('a')]);
    expect(metadata['stackbed.nondet']).toContain('-2');
    for (const key of ['rows', 'answers', 'null']) expect(metadata[`stackbed.${key}`]).toMatch(/\w+ \w+/);
  });

  it('holds the largest number a field can have', async () => {
    const summary = plain(summaryOf([[[1, 1]]]).summary);
    summary.values[0] = 2 ** 32 - 1;
    await writeSummaries(path, [summary], twoFields);
    expect((await readParquet(path)).rows[0]).toMatchObject({ first: 4_294_967_295n });
  });

  it('has a column for each response field, though no machine answered', async () => {
    const texts = new TextTable();
    const silent = {
      ...plain(summaryOf([[undefined]], { texts }).summary),
      values: new Float64Array(fields.length).fill(-3),
    };
    await writeSummaries(path, [silent], fields);
    const { rows } = await readParquet(path);
    expect(Object.keys(rows[0]!)).toEqual([
      ...['machine', 'probe', 'answers', 'copies'],
      ...fields.map(({ name }) => name),
    ]);
    expect(Object.values(rows[0]!).slice(4)).toEqual(fields.map(() => null));
  });

  it('can be written, and read, without any machine', async () => {
    await writeSummaries(path, [], twoFields);
    expect((await readParquet(path)).rows).toEqual([]);
  });
});

describe('impairments.parquet', () => {
  const decision: Decision = {
    direction: 'reverse',
    proberAddress: 0x0a000001,
    proberPort: 65_535,
    machinePort: 22,
    protocol: 6,
    ordinal: 3,
    copy: 1,
    stage: 2,
    kind: 'delay',
    action: 'hold',
    value: 123_456,
  };

  it('has a row a decision', async () => {
    await writeDecisions(path, [
      decision,
      { ...decision, direction: 'forward', action: 'drop', value: 0 },
      {
        ...decision,
        kind: 'isn',
        action: 'shift',
        value: 2 ** 32 - 1,
        before: '24:00000007',
        after: '24:ffffffff',
      },
    ]);
    const row = {
      direction: 'reverse',
      prober: '10.0.0.1',
      kind: 'delay',
      action: 'hold',
      stage: 2,
      prober_port: 65_535,
      machine_port: 22,
      protocol: 6,
      ordinal: 3,
      copy: 1,
      value: 123_456n,
      before: null,
      after: null,
    };
    expect((await readParquet(path)).rows).toEqual([
      row,
      { ...row, direction: 'forward', action: 'drop', value: 0n },
      {
        ...row,
        kind: 'isn',
        action: 'shift',
        value: 4_294_967_295n,
        before: '24:00000007',
        after: '24:ffffffff',
      },
    ]);
  });

  it('can be empty', async () => {
    await writeDecisions(path, []);
    expect((await readParquet(path)).rows).toEqual([]);
  });
});

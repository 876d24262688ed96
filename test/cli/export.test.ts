import { spawnSync } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseCsv } from '../../src/dataset/delimited.js';
import { readParquet } from '../../src/dataset/parquet.js';
import { readPcapng } from '../../src/packet/index.js';
import { assemble } from '../../src/scenario/assemble.js';
import { probeLife } from '../../src/scenario/explain/life.js';
import { exportExchange } from '../../src/scenario/export/exchange.js';
import { exportSummary } from '../../src/scenario/export/summary.js';
import type { RunFolder } from '../../src/scenario/run-folder.js';
import { recordRun } from '../scenario/recorded-run.js';
import { stackbed } from '../support/cli.js';

const hasTshark = spawnSync('tshark', ['--version']).status === 0;

let root: string;
let folder: RunFolder;
const file = (name: string) => join(root, name);
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'export-'));
  const text = `
name: exported
seed: 3
machines: [{image: linux-6.12}]
path: {forward: [loss: 15%], reverse: [reorder: {probability: 20%, delay: 3ms}]}
probes: {count: 60, copies: 3}
`;
  folder = await recordRun(root, text, ['a', 'b']);
});
afterAll(() => rm(root, { recursive: true }));

describe('export', () => {
  it('writes the summary of the run as Parquet', async () => {
    await exportSummary(folder, file('all.parquet'), 'parquet');
    await assemble(folder);
    const { rows } = await readParquet(file('all.parquet'));
    expect(rows).toHaveLength(120);
    expect(rows).toEqual((await readParquet(folder.file('summary.parquet'))).rows);
  });

  it('writes the same as CSV', async () => {
    await exportSummary(folder, file('b.parquet'), 'parquet', 'b');
    await exportSummary(folder, file('b.csv'), 'csv', 'b');
    const csv = await readFile(file('b.csv'), 'utf8');
    expect(csv).toContain(',"",');
    const { columns } = parseCsv(csv, 'b.csv');
    const { rows } = await readParquet(file('b.parquet'));
    const plain = (value: unknown) =>
      value instanceof Uint8Array
        ? Buffer.from(value).toString()
        : typeof value === 'bigint'
          ? Number(value)
          : value;
    for (const { name, values } of columns)
      expect(values.map((value) => value ?? null)).toEqual(
        rows.map((row) => (plain(row[name]) === '' ? null : (plain(row[name]) ?? null))),
      );
    expect(columns.find(({ name }) => name === 'tcp.options.order')!.values).toContain('M');
    expect(columns.map(({ name }) => name)).toEqual(Object.keys(rows[0]!));
  });

  it("writes a machine's probes and answers in the order of time", async () => {
    const counts = await exportExchange(folder, file('a.pcapng'), 'a');
    const packets = [...readPcapng(new Uint8Array(await readFile(file('a.pcapng'))))];
    expect(packets).toHaveLength(counts.probes + counts.responses);
    expect(counts.probes).toBe(180);
    expect(counts.responses).toBeGreaterThan(20);
    const seen = new Map<string, Uint8Array[]>();
    let before = 0n;
    for (const { timestamp, bytes, comment } of packets) {
      expect(timestamp).toBeGreaterThanOrEqual(before);
      before = timestamp;
      seen.set(comment!, [...(seen.get(comment!) ?? []), bytes]);
    }
    for (const probe of [0, 3, 59])
      for (const { copy, sent, response } of (await probeLife(folder, { machine: 'a', probe })).copies)
        expect(seen.get(`probe ${probe} copy ${copy}`)).toEqual([
          sent,
          ...(response ? [response.frame] : []),
        ]);
  });

  it.runIf(hasTshark)('writes a capture that tshark opens', async () => {
    const counts = await exportExchange(folder, file('b.pcapng'), 'b');
    const { stdout, stderr, status } = spawnSync(
      'tshark',
      ['-n', '-r', file('b.pcapng'), '-T', 'fields', '-e', 'ip.src', '-e', 'frame.comment'],
      { encoding: 'utf8' },
    );
    const lines = stdout.trimEnd().split('\n');
    expect([status, stderr.includes('appears to'), lines.length]).toEqual([
      ...[0, false, counts.probes + counts.responses],
    ]);
    expect(lines.filter((line) => line.startsWith('172.31.0.2'))).toHaveLength(counts.responses);
    expect(lines[0]).toMatch(/^10\.0\.0\.1\s+probe 0 copy 0$/);
  });

  it.each([
    [['--format', 'csv'], /-o is missing/],
    [['--format', 'xls', '-o', 'x'], /Allowed choices are parquet, csv, arff, pcapng/],
    [['--format', 'pcapng', '-o', 'x'], /--machine is missing\n.*a, b, never-measured, failed/],
    [['--format', 'csv', '-o', 'none/x.csv'], /there is no folder none/],
    [['--format', 'pcapng', '-o', 'x', '--machine', 'failed'], /no probe was sent/],
    [['--arff', 'x', '--format', 'csv'], /give one of the two/],
  ])('refuses %j and writes nothing', async (args, message) => {
    const { stderr, stdout, exitCode } = await stackbed(['export', folder.path, ...args]);
    expect(stderr).toMatch(message);
    expect([stdout, exitCode]).toEqual(['', 2]);
  });

  it('writes by the command line, and leaves nothing half written', async () => {
    const { stdout, exitCode } = await stackbed([
      ...['export', folder.path, '--format', 'csv', '-o', file('c.csv'), '--machine', 'a'],
    ]);
    expect([exitCode, stdout]).toEqual([0, `${file('c.csv')}: 60 rows: 1 machines, 60 probes each`]);
    expect((await readdir(root)).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  });
});

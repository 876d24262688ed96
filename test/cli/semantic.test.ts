import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseArff } from '../../src/dataset/arff.js';
import { parseCsv } from '../../src/dataset/delimited.js';
import { readParquet } from '../../src/dataset/parquet.js';
import type { RunFolder } from '../../src/scenario/run-folder.js';
import { recordRun } from '../scenario/recorded-run.js';
import { scannedMachine } from '../scenario/scanned.js';
import { stackbed, temporaryFolder } from '../support/cli.js';

const text = `
name: scanned
machines: [{image: linux-6.12}]
nmap: true
probes: {count: 20, copies: 1}
`;
// The TTL tells a and b from c, nmap's tests a from b; b's scans disagree about its sequence numbers.
const kinds = { a: { release: 'a' }, b: { release: 'b' }, c: { release: 'c', ttl: 32 } };
const prints = {
  a: ['SEQ(SP=1%GCD=1%ISR=10A%TI=I)', 'SEQ(SP=2%GCD=3%ISR=10B%TI=I)'],
  b: ['SEQ(SP=1%GCD=FA00%ISR=9F%TI=I)', 'SEQ(SP=2%GCD=1%ISR=9E%TI=RD)'],
  c: 'SEQ(SP=1%GCD=1%ISR=10A%TI=I)',
};
const scans = Object.fromEntries(
  Object.entries(prints).map(([id, own]) => [id, scannedMachine(id, own).nmap!]),
);

let root: Awaited<ReturnType<typeof temporaryFolder>>;
let folder: RunFolder;
beforeAll(async () => {
  root = await temporaryFolder();
  folder = await recordRun(root.path, text, Object.keys(kinds), { kinds, scans });
});
afterAll(() => root[Symbol.asyncDispose]());

async function exported(file: string, fields: string, ...more: string[]): Promise<string> {
  const path = join(root.path, file);
  const format = file.split('.').at(-1)!;
  const { exitCode, stderr } = await stackbed([
    ...['export', folder.path, '--format', format, '-o', path, '--fields', fields, ...more],
  ]);
  expect(exitCode, stderr).toBe(0);
  return path;
}

/** Columns of a table by name. */
const byName = (columns: readonly { name: string; values: readonly unknown[] }[]) =>
  Object.fromEntries(columns.map(({ name, values }) => [name, values]));

describe('what several packets show together', { timeout: 120_000 }, () => {
  it('is exported for Weka by itself, or beside the fields of single responses', async () => {
    const semantic = await exported('semantic.arff', 'semantic');
    const alone = byName(parseArff(await readFile(semantic, 'utf8'), semantic).columns);
    expect(alone['semantic.tcp.isn.gcd']).toEqual(['1', 'nondeterministic', '1']);
    expect(alone['kernel-2']).toEqual(['a', 'b', 'c']);
    expect(Object.keys(alone).filter((name) => name.startsWith('probe-'))).toEqual([]);
    const both = byName(
      parseArff(await readFile(await exported('both.arff', 'both'), 'utf8'), 'both').columns,
    );
    const raw = byName(parseArff(await readFile(await exported('raw.arff', 'raw'), 'utf8'), 'raw').columns);
    expect(Object.keys(raw).some((name) => /^probe-\d+\.ip\.ttl$/.test(name))).toBe(true);
    expect(both).toEqual({ ...raw, ...alone });
  });

  it('is exported as a row a machine', async () => {
    const csv = await exported('semantic.csv', 'semantic');
    const columns = byName(parseCsv(await readFile(csv, 'utf8'), csv).columns);
    expect(columns.machine).toEqual(['a', 'b', 'c']);
    expect(columns['semantic.tcp.isn.gcd']).toEqual([1, -2, 1]);
    expect(columns['semantic.ip.id.tcp-open']).toEqual(['incremental', 'NONDET', 'incremental']);
    expect(columns['semantic.tcp.rto.count']).toEqual([null, null, null]);
    const { rows } = await readParquet(await exported('b.parquet', 'semantic', '--machine', 'b'));
    expect(rows).toHaveLength(1);
    expect(rows[0]).toMatchObject({ 'semantic.tcp.isn.gcd': -2n, 'semantic.tcp.rto.count': null });
    expect(Object.keys(rows[0]!)).toEqual(Object.keys(columns));
  });

  it('has its share of what is told about the labels', async () => {
    const gain = async (fields: string) =>
      JSON.parse((await stackbed(['gain', folder.path, '--json', '--fields', fields])).stdout);
    const oneOfThree = Math.log2(3) - 2 / 3;
    const told = await gain('semantic');
    expect(told.fields[0].gain).toBeCloseTo(oneOfThree, 9);
    expect(told.fields.every(({ field }: { field: string }) => field.startsWith('semantic.'))).toBe(true);
    expect(told.probes).toEqual([]);
    expect((await gain('raw')).high_value.choices).toHaveLength(1);
    const both = await gain('both');
    expect(both.high_value.choices).toHaveLength(2);
    expect(both.probes.every(({ probe }: { probe: number }) => probe >= 0)).toBe(true);
    const { stdout } = await stackbed(['gain', folder.path, '--fields', 'semantic']);
    expect(stdout).toMatch(/^semantic\.tcp\.isn\.gcd +0\.918 +- +1$/m);
    expect(stdout).not.toMatch(/bits of its response/);
  });

  it.each([
    [
      ['export', '--format', 'csv', '-o', 'x.csv', '--fields', 'both'],
      /export --fields raw and --fields semantic/,
    ],
    [['export', '--format', 'pcapng', '-o', 'x', '--machine', 'a', '--fields', 'both'], /a capture has none/],
    [['train', '-o', 'x.json', '--fields', 'semantic'], /a tool is of raw fields/],
  ])('is refused by %j', async ([verb, ...args], cause) => {
    const { exitCode, stderr } = await stackbed([verb!, folder.path, ...args]);
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(cause);
  });

  it('is not there in a run that was not scanned', async () => {
    const other = await recordRun(root.path, text.replace('nmap: true', ''), ['a', 'b']);
    for (const args of [['gain'], ['export', '--arff', 'x'], ['export', '--format', 'csv', '-o', 'x']]) {
      const { exitCode, stderr } = await stackbed([
        args[0]!,
        other.path,
        ...args.slice(1),
        '--fields',
        'semantic',
      ]);
      expect(exitCode).toBe(2);
      expect(stderr).toMatch(/its machines were not scanned/);
    }
  });
});

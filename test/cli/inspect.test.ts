import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { copiesText, inspectionText } from '../../src/cli/inspect-text.js';
import { assemble } from '../../src/scenario/assemble.js';
import { inspectCopies } from '../../src/scenario/inspect/copies.js';
import { inspectRun } from '../../src/scenario/inspect/inspect.js';
import type { RunFolder } from '../../src/scenario/run-folder.js';
import { recordRun } from '../scenario/recorded-run.js';
import { stackbed } from '../support/cli.js';

let root: string;
let folder: RunFolder;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'inspect-'));
  const text = `
name: inspected
seed: 3
machines: [{image: linux-6.12}]
path: {forward: [loss: 15%]}
probes: {count: 60, copies: 3}
`;
  folder = await recordRun(root, text, ['a', 'b']);
});
afterAll(() => rm(root, { recursive: true }));

describe('inspect', () => {
  it('counts what the result of the run counts', async () => {
    const inspection = await inspectRun(folder);
    const { machines, determinism, dataset } = await assemble(folder);
    const counts = machines.map(({ id, answered, partial, silent }) => ({ id, answered, partial, silent }));
    expect(inspection.machines.filter(({ id }) => id === 'a' || id === 'b')).toMatchObject(
      counts.filter(({ id }) => id !== 'failed'),
    );
    expect(inspection.machines.map(({ status }) => status)).toEqual([
      ...['measured', 'measured', 'pending', 'failed'],
    ]);
    expect(inspection.fields).toEqual(determinism.by_field);
    expect(inspection.partial.count).toBe(dataset.partial);
    const kinds = inspection.kinds.filter(({ flags }) => flags.includes('R'));
    expect(kinds.length).toBeGreaterThan(2);
    for (const { pairs, silent } of kinds) expect(silent).toBe(pairs);
    const sum = (pick: (kind: (typeof inspection.kinds)[number]) => number) =>
      inspection.kinds.reduce((total, kind) => total + pick(kind), 0);
    expect(sum(({ pairs }) => pairs)).toBe(120);
    expect(sum(({ answered }) => answered)).toBe(
      machines.reduce((total, { answered }) => total + answered, 0),
    );
    const text = inspectionText(inspection);
    for (const part of [
      /^a +measured /m,
      /^failed: it never answered$/m,
      /^open +S /m,
      /responses\.parquet +2 /,
    ])
      expect(text).toMatch(part);
  });

  it('lays the copies of a probe side by side', async () => {
    const { probe, answered } = (await inspectRun(folder, { machine: 'b' })).partial.first[0]!;
    const copies = await inspectCopies(folder, { machine: 'b', probe });
    expect(copies.afterMs.filter((ms) => ms !== null)).toHaveLength(answered);
    const ids = copies.fields.find(({ field }) => field === 'ip.id')!.values;
    expect(ids.map((id) => id === null)).toEqual(copies.afterMs.map((ms) => ms === null));
    expect(copiesText(copies)).toMatch(/copy 0 +copy 1 +copy 2\nanswered after ms .*silence/);
  });

  it('counts the values of a field', async () => {
    const { values, machines } = await inspectRun(folder, { field: 'ip.ttl' });
    const of = (value: string) => values!.find((one) => one.value === value)?.pairs ?? 0;
    const total = (key: 'answered' | 'partial' | 'silent') =>
      machines.reduce((sum, machine) => sum + machine[key], 0);
    expect([of('64'), of('partial'), of('no response')]).toEqual([
      ...[total('answered'), total('partial'), total('silent')],
    ]);
    const one = await inspectRun(folder, { field: 'ip.ttl', probe: 0, machine: 'a' });
    expect(one.values).toMatchObject([{ pairs: 1, machines: 1, machine: 'a', probe: 0 }]);
  });

  it('says the same to programs', async () => {
    const { stdout, exitCode } = await stackbed(['inspect', folder.path, '--json']);
    expect(exitCode).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      scenario: 'inspected',
      probes: 60,
      copies: 3,
      seed: 3,
      started_at: '1970-01-01T00:00:00.000Z',
    });
  });

  it('refuses what the run does not have', async () => {
    await expect(inspectRun(folder, { machine: 'c' })).rejects.toThrow(/no machine "c"/);
    await expect(inspectRun(folder, { machine: 'failed' })).rejects.toThrow(/it never answered/);
    await expect(inspectRun(folder, { field: 'ip.tll' })).rejects.toThrow(
      /no response field is called "ip.tll"/,
    );
    await expect(inspectCopies(folder, { machine: 'a', probe: 60 })).rejects.toThrow(
      /no probe 60: it sent 60/,
    );
    const { stderr, exitCode } = await stackbed(['inspect', root]);
    expect([exitCode, stderr]).toEqual([2, expect.stringMatching(/no manifest.json/)]);
  });
});

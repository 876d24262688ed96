import { existsSync } from 'node:fs';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { assemble } from '../../src/scenario/assemble.js';
import { probeLife } from '../../src/scenario/explain/life.js';
import { mergeRuns } from '../../src/scenario/merge/merge.js';
import type { RunFolder } from '../../src/scenario/run-folder.js';
import { stackbed } from '../support/cli.js';
import { recordRun } from './recorded-run.js';

const scenario = (memory: string, { loss = '15%', seed = 3, copies = 3 } = {}) => `
name: parts
seed: ${seed}
machines: [{image: linux-6.12, ram: [${memory}]}]
path:
  forward: [{loss: ${loss}}, {fault: {match: "probe == 3", action: hold, time: 8ms}}]
probes: {count: 30, copies: ${copies}}
`;

let root: string;
let half: RunFolder;
let other: RunFolder;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'merge-'));
  half = await recordRun(root, scenario('256M'), 'a');
  other = await recordRun(root, scenario('1G'), ['b', 'c'], { failed: 'failed-2', pending: 'pending-2' });
});
afterAll(() => rm(root, { recursive: true }));

describe('merge', () => {
  it('of the parts of a run gives the dataset of the whole', async () => {
    const whole = await assemble(await recordRun(root, scenario('256M, 1G'), ['a', 'b', 'c']));
    const { folder, result } = await mergeRuns(join(root, 'merged'), [half.path, other.path]);
    expect(result.dataset).toEqual(whole.dataset);
    expect(result.dataset.machines).toBe(3);
    expect(result.machines.map(({ id }) => id)).toEqual(['a', 'failed', 'b', 'c', 'failed-2']);
    expect(await assemble(folder)).toEqual(result);
    const { scenario: joined } = await folder.readScenario();
    expect(joined.machines.map(({ ram }) => ram)).toEqual([[256], [1024]]);
    expect(await probeLife(folder, { machine: 'b', probe: 3 })).toEqual({
      ...(await probeLife(other, { machine: 'b', probe: 3 })),
      run: folder.path,
    });
    const refused = await stackbed(['run', '--resume', folder.path]);
    expect(refused.stderr).toMatch(/merged of 2 runs/);
    expect(refused.exitCode).toBe(2);
  });

  it.each([
    [
      'another seed',
      scenario('1G', { seed: 4 }),
      /the seed differs: 3 in .*, 4 in .*\nthe probes that were sent/,
    ],
    ['another number of copies', scenario('1G', { copies: 4 }), /probes.copies differs: 3 in .*, 4 in/],
    ['another path', scenario('1G', { loss: '10%' }), /the path differs: .*0.15.* in .*, .*0.1.* in/],
  ])('refuses %s, and writes nothing', async (_, text, message) => {
    const stranger = await recordRun(root, text, 'b', { failed: 'failed-2', pending: 'pending-2' });
    const before = await readdir(root);
    const out = join(root, 'refused');
    await expect(mergeRuns(out, [half.path, stranger.path])).rejects.toThrow(message);
    expect(await readdir(root)).toEqual(before);
  });

  it('refuses a machine of two runs, a run twice, and a folder that exists', async () => {
    const again = await recordRun(root, scenario('256M'), 'a', { failed: 'f', pending: 'p' });
    await expect(mergeRuns(join(root, 'twice'), [half.path, again.path])).rejects.toThrow(/both have: a$/);
    await expect(mergeRuns(join(root, 'twice'), [half.path, half.path])).rejects.toThrow(
      /both have: a, never/,
    );
    await expect(mergeRuns(root, [half.path, other.path])).rejects.toThrow(/exists already/);
    expect(existsSync(join(root, 'twice'))).toBe(false);
    const { stderr, stdout, exitCode } = await stackbed(['merge', root, half.path, other.path]);
    expect(stderr).toMatch(/exists already\n.*new folder/);
    expect([stdout, exitCode]).toEqual(['', 2]);
  });

  it('leaves nothing of a run whose responses are damaged', async () => {
    const damaged = await recordRun(root, scenario('1G'), 'd', { failed: 'f', pending: 'p' });
    await rm(damaged.file('machines/d/responses.parquet'));
    const before = await readdir(root);
    await expect(mergeRuns(join(root, 'damaged'), [half.path, damaged.path])).rejects.toThrow(
      /cannot read .*responses/,
    );
    expect(await readdir(root)).toEqual(before);
  });
});

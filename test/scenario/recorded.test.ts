import { existsSync } from 'node:fs';
import { appendFile, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { InputError, InputErrors } from '../../src/errors.js';
import type { Result } from '../../src/report/result.js';
import { assemble } from '../../src/scenario/assemble.js';
import { inspectRun } from '../../src/scenario/inspect/inspect.js';
import { readLearningData } from '../../src/scenario/learning-data.js';
import { parseScenario } from '../../src/scenario/read.js';
import { recordRun } from '../../src/scenario/recorded/record.js';
import { runFromRecorded } from '../../src/scenario/recorded/take.js';
import type { RunFolder } from '../../src/scenario/run-folder.js';
import { recordRun as leaveRun } from './recorded-run.js';

const text = (more = '') => `
name: small
seed: 5
machines: [{image: linux-6.12+deb13, ram: [128M, 256M, 512M]}]
probes: {count: 60, copies: 3}
experiments: [{kind: accuracy, level: 2, learner: c45, folds: 2}]
${more}`;
const ids = ['linux-6.12+deb13-128M', 'linux-6.12+deb13-256M', 'linux-6.12+deb13-512M'];

let root: string;
let run: RunFolder;
let live: Result;

const take = (scenario: string, from: string) =>
  runFromRecorded({
    ...{ read: parseScenario(scenario, 'small.scenario.yaml'), from, root: join(root, 'again') },
    ...{ signal: new AbortController().signal, onEvent: () => {} },
  });

const faults = async (scenario: string, from: string) => {
  const error = await take(scenario, from).catch((thrown: unknown) => thrown);
  expect(error instanceof InputError || error instanceof InputErrors).toBe(true);
  return (error as Error).message;
};

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'recorded-'));
  // The third answers as another kernel does; the scenario's fleet is these three.
  run = await leaveRun(root, text(), [ids[0]!, ids[2]!], {
    ...{ failed: ids[1]!, pending: 'to-be-left-out' },
    kinds: { [ids[2]!]: { ttl: 128, window: 8192, release: 'linux 5.10' } },
  });
  const manifest = await run.readManifest();
  await run.writeManifest({ ...manifest, machines: ids });
  live = await assemble(run);
  await recordRun(join(root, 'kept'), run.path);
}, 60_000);
afterAll(() => rm(root, { recursive: true, force: true }));

describe('a recorded dataset', () => {
  it('gives the result of the run that it was recorded of, and says that it is recorded', async () => {
    const { folder, result } = await take(text(), join(root, 'kept'));
    const { recorded, command: _, ...found } = result;
    const { command: __, ...wanted } = live;
    expect(found).toEqual(wanted);
    expect(recorded).toMatchObject({ digest: live.dataset.digest, trials: 3, sent: 60 });
    expect(existsSync(folder.file('report.html'))).toBe(true);
  }, 60_000);

  it('can be evaluated, inspected and learnt from again', async () => {
    const { folder } = await take(text(), join(root, 'kept'));
    expect((await assemble(folder)).dataset).toEqual(live.dataset);
    const { machines } = await inspectRun(folder);
    expect(machines.map(({ id, status }) => [id, status])).toEqual([
      [ids[0], 'measured'],
      [ids[1], 'failed'],
      [ids[2], 'measured'],
    ]);
    expect((await readLearningData(folder)).matrix.rows).toEqual([ids[0], ids[2]]);
    await expect(inspectRun(folder, { field: 'ip.ttl' })).resolves.toMatchObject({ copies: 3 });
  }, 60_000);

  it('may have more machines than a scenario asks for', async () => {
    const fewer = text().replace('[128M, 256M, 512M]', '[128M, 512M]');
    const { result } = await take(fewer, join(root, 'kept'));
    expect(result.machines.map(({ id }) => id)).toEqual([ids[0], ids[2]]);
    expect(result.dataset.digest).toBe(live.dataset.digest);
  }, 60_000);

  it('of the first probes has what those alone would have shown', async () => {
    await recordRun(join(root, 'first'), run.path, { probes: 25 });
    const { result } = await take(text().replace('count: 60', 'count: 25'), join(root, 'first'));
    expect(result.collection).toMatchObject({ probes: 25, packets_sent: 2 * 25 * 3 });
    expect(result.machines[0]!.responses).toBe(live.machines[0]!.responses.slice(0, 25));
    expect(result.determinism.answered_copies.reduce((sum, one) => sum + one)).toBe(2 * 25);
    const { machines } = live;
    const answered = [...machines[2]!.responses.slice(0, 25)].filter((letter) => letter !== '.').length;
    expect(result.machines[2]!.answered).toBe(answered);
  }, 60_000);

  it.each([
    ['another seed', text().replace('seed: 5', 'seed: 6'), /seed is 6, and .* recorded with 5/],
    ['other counts', text().replace('count: 60', 'count: 30'), /probes.count is 30, and .* with 60/],
    [
      'other machines',
      text().replace('128M,', '1G,'),
      /1 machines of the scenario are not in .*: linux-6.12\+deb13-1G/,
    ],
    ['a path', text('path: {both: [{loss: 1%}]}'), /the path was not recorded/],
    [
      'conditions',
      text('conditions: [{name: lossy, path: {both: [{loss: 1%}]}}]'),
      /condition "lossy" was not/,
    ],
    ['a survey', text('survey: true'), /a survey was not recorded/],
    ['a scan', text('nmap: true'), /nmap’s probes find was not recorded/],
  ])('refuses %s, and says what differs', async (_, scenario, message) => {
    expect(await faults(scenario, join(root, 'kept'))).toMatch(message);
  });

  it('is refused where it is none, or is damaged', async () => {
    expect(await faults(text(), join(root, 'nowhere'))).toMatch(/is no recorded dataset/);
    expect(await faults(text(), 'recorded')).toMatch(/no dataset "small" comes with Stackbed/);
    await recordRun(join(root, 'damaged'), run.path);
    await appendFile(join(root, 'damaged', 'given.parquet'), 'x');
    expect(await faults(text(), join(root, 'damaged'))).toMatch(/cannot read .*given.parquet/);
    await writeFile(join(root, 'damaged', 'recorded.json'), '{"schema": "other"}');
    expect(await faults(text(), join(root, 'damaged'))).toMatch(/its form is other/);
  });

  it('is not made of what is unfinished, or of more probes than there are, and leaves nothing then', async () => {
    const manifest = await run.readManifest();
    const before = await readdir(root);
    await expect(recordRun(join(root, 'more'), run.path, { probes: 61 })).rejects.toThrow(/sent 60 probes/);
    await expect(recordRun(join(root, 'kept'), run.path)).rejects.toThrow(/exists already/);
    await run.writeManifest({ ...manifest, machines: [...ids, 'never'] });
    await expect(recordRun(join(root, 'part'), run.path)).rejects.toThrow(/not finished: 3 of 4/);
    await run.writeManifest(manifest);
    expect(await readdir(root)).toEqual(before);
  });
});

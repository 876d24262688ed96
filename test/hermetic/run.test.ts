import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Result } from '../../src/report/result.js';
import { pathWithNodeOnly, stackbed, temporaryFolder } from '../support/cli.js';
import { processesWith, until } from '../support/processes.js';

const scenario = `
seed: 7
machines:
  - image: [linux-5.10, linux-7.2+deb13]
    ram: [128M, 256M]
path:
  forward:
    - loss: 2%
    - delay: {time: 3ms, jitter: 2ms}
  reverse:
    - duplicate: 3%
    - reorder: {probability: 20%, delay: 4ms}
    - ttl: {decrement: 2}
probes: {count: 60, copies: 6}
dataset: {partial: missing}
experiments:
  - {kind: accuracy, folds: 2}
`;

async function runFolder(out: string): Promise<string> {
  const [name] = await readdir(out);
  const [stamp] = await readdir(join(out, name!));
  return join(out, name!, stamp!);
}

async function run(
  folder: string,
  name: string,
  args: readonly string[] = [],
): Promise<{ result: Result; path: string }> {
  const file = join(folder, 'small.scenario.yaml');
  await writeFile(file, scenario);
  const out = join(folder, name);
  const { stdout, stderr, exitCode } = await stackbed(['run', file, '--out', out, '--json', ...args]);
  expect(exitCode, stderr).toBe(0);
  return { result: JSON.parse(stdout) as Result, path: await runFolder(out) };
}

const withoutTimes = (result: Result) => ({ ...result, machines: undefined, collection: undefined });

describe('a scenario, run over an impaired path', { timeout: 300_000 }, () => {
  let folder: { path: string } & AsyncDisposable;
  let first: { result: Result; path: string };
  beforeAll(async () => {
    folder = await temporaryFolder();
    first = await run(folder.path, 'first');
    return () => folder[Symbol.asyncDispose]();
  }, 300_000);

  test('measures every machine and keeps all of it', async () => {
    const { result, path } = first;
    expect(result.machines.map((machine) => machine.status)).toEqual(Array(4).fill('measured'));
    expect(result.collection).toMatchObject({ probes: 60, copies: 6, packets_sent: 4 * 360, unmatched: 0 });
    expect(result.collection.lost_by_path).toBeGreaterThan(0);
    expect(result.dataset.partial).toBeGreaterThan(0);
    expect(result.path).toMatchObject({
      forward: ['loss 2%', 'delay 3ms 2ms'],
      reverse: ['duplicate 3%', 'reorder 20% delay 4ms', 'ttl decrement 2'],
    });
    expect(result.experiments).toHaveLength(2 * 3 * 3);
    expect((await readdir(path)).sort()).toEqual(
      [
        'images.lock.json',
        'machines',
        'manifest.json',
        'probes.parquet',
        'report.html',
        'result.json',
        'scenario.resolved.yaml',
        'summary.parquet',
      ].sort(),
    );
    expect((await readdir(join(path, 'machines', 'linux-5.10-128M'))).sort()).toEqual([
      'console.log',
      'impairments.parquet',
      'machine.json',
      'responses.parquet',
      'shapes.parquet',
    ]);
  });

  test('run again with the same seed: same probes, same impairment log, same dataset', async () => {
    const second = await run(folder.path, 'second', ['--jobs', '1']);
    const manifests = await Promise.all(
      [first.path, second.path].map(async (path) =>
        JSON.parse(await readFile(join(path, 'manifest.json'), 'utf8')),
      ),
    );
    expect(manifests[1].probesDigest).toBe(manifests[0].probesDigest);
    expect(second.result.path.log_digest).toBe(first.result.path.log_digest);
    expect(second.result.dataset.digest).toBe(first.result.dataset.digest);
    expect(second.result.experiments).toEqual(first.result.experiments);
  });

  test('with copies of guests that were booted once: the same dataset, and the report says so', async () => {
    const { result, path } = await run(folder.path, 'restored', ['--boot', 'restored']);
    expect(result.machines.map((machine) => machine.boot)).toEqual(Array(4).fill('restored'));
    expect(first.result.machines.map((machine) => machine.boot)).toEqual(Array(4).fill('cold'));
    expect(result.dataset.digest).toBe(first.result.dataset.digest);
    expect(result.path.log_digest).toBe(first.result.path.log_digest);
    expect(result.command).toMatch(/ --boot restored$/);
    expect(await readFile(join(path, 'report.html'), 'utf8')).toContain('went on from a snapshot');
  });

  test('evaluate gives the same experiments, without qemu in PATH', async () => {
    const { stdout, exitCode } = await stackbed(['evaluate', first.path, '--json'], {
      PATH: await pathWithNodeOnly(folder.path),
    });
    expect(exitCode).toBe(0);
    expect(withoutTimes(JSON.parse(stdout))).toEqual(withoutTimes(first.result));
    expect(JSON.parse(stdout)).toEqual(first.result);
  });

  test('Ctrl-C ends the guests and keeps what was measured; --resume goes on to the same dataset', async () => {
    const mark = `interrupt-${process.pid}`;
    const out = join(folder.path, 'interrupted');
    const child = stackbed(['run', join(folder.path, 'small.scenario.yaml'), '--out', out, '--jobs', '1'], {
      STACKBED_TEST: mark,
    });
    const measured = async () =>
      runFolder(out).then(
        async (path) => (await readdir(join(path, 'machines'))).some((name) => !name.startsWith('.')),
        () => false,
      );
    await until(measured, 120_000, 'the first machine');
    child.kill('SIGINT');
    const interruptedAt = performance.now();
    const { exitCode, stderr } = await child;
    expect(exitCode).toBe(4);
    expect(performance.now() - interruptedAt).toBeLessThan(10_000);
    const path = await runFolder(out);
    expect(stderr).toContain(`go on with: stackbed run --resume ${path}`);
    expect([...(await processesWith('STACKBED_TEST', mark)).values()]).toEqual([]);

    const resumed = await stackbed(['run', '--resume', path, '--json']);
    expect(resumed.exitCode, resumed.stderr).toBe(0);
    const result = JSON.parse(resumed.stdout) as Result;
    expect(result.machines).toHaveLength(4);
    expect(result.dataset.digest).toBe(first.result.dataset.digest);
    expect(result.path.log_digest).toBe(first.result.path.log_digest);
  });

  test('kill -9 in the middle of a boot leaves no process behind', async () => {
    const mark = `kill-${process.pid}`;
    const child = stackbed(
      ['run', join(folder.path, 'small.scenario.yaml'), '--out', join(folder.path, 'killed')],
      {
        STACKBED_TEST: mark,
      },
    );
    const guests = async () =>
      [...(await processesWith('STACKBED_TEST', mark)).values()].filter((command) =>
        command.includes('qemu-system'),
      );
    await until(async () => (await guests()).length >= 2, 60_000, 'two guests booting');
    child.kill('SIGKILL');
    await child;
    await until(async () => (await processesWith('STACKBED_TEST', mark)).size === 0, 5000, 'everything gone');
  });
});

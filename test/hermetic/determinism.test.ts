import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readParquet } from '../../src/dataset/parquet.js';
import type { Result } from '../../src/report/result.js';
import { stackbed, temporaryFolder } from '../support/cli.js';

const scenario = `
seed: 11
machines:
  - image: [linux-5.10, linux-6.12+deb13]
path:
  forward:
    - loss: {probability: 20%, correlation: 30%}
    - delay: {time: 4ms, jitter: 3ms, correlation: 25%, distribution: normal}
  reverse:
    - duplicate: 5%
    - reorder: {probability: 25%, correlation: 20%, delay: 5ms}
    - ttl: {decrement: 3}
  both:
    - stateful-firewall: conntrack
probes: {count: 300, copies: 3}
experiments:
  - {kind: accuracy, folds: 2}
`;

/** Keeps every processor busy with processes of its own, and ends them. */
function busyProcessors(): AsyncDisposable {
  const children = Array.from({ length: availableParallelism() }, () =>
    spawn(process.execPath, ['-e', 'for (;;);'], { stdio: 'ignore' }),
  );
  return {
    [Symbol.asyncDispose]: async () => {
      for (const child of children) {
        const exited = once(child, 'exit');
        child.kill('SIGKILL');
        await exited;
      }
    },
  };
}

interface Log {
  readonly digests: readonly string[];
  readonly rows: readonly Record<string, unknown>[][];
}

async function logOf(folder: string, name: string, args: readonly string[]): Promise<Log> {
  const file = join(folder, 'impaired.scenario.yaml');
  await writeFile(file, scenario);
  const out = join(folder, name);
  const { stdout, stderr, exitCode } = await stackbed(['run', file, '--out', out, '--json', ...args]);
  expect(exitCode, stderr).toBe(0);
  const { path, dataset } = JSON.parse(stdout) as Result;
  const run = join(out, 'impaired', (await readdir(join(out, 'impaired')))[0]!, 'machines');
  const machines = (await readdir(run)).sort();
  expect(machines).toHaveLength(2);
  const tables = machines.map((machine) => readParquet(join(run, machine, 'impairments.parquet')));
  const rows = (await Promise.all(tables)).map((table) => table.rows.map(withoutAnswers));
  return { digests: [path.log_digest!, dataset.digest], rows };
}

/** What bytes of an answer were is the machine's to choose. */
function withoutAnswers({ before, after, ...row }: Record<string, unknown>): Record<string, unknown> {
  return textOf(row.direction) === 'forward' ? { ...row, before, after } : row;
}

const textOf = (value: unknown) => (value instanceof Uint8Array ? Buffer.from(value).toString() : value);

test('equal seeds decide alike about every packet, however busy the machine is', {
  timeout: 300_000,
}, async () => {
  await using folder = await temporaryFolder();
  const first = await logOf(folder.path, 'first', []);
  const alone = await logOf(folder.path, 'alone', ['--jobs', '1']);
  await using _busy = busyProcessors();
  const loaded = await logOf(folder.path, 'loaded', []);
  const actions = new Set(first.rows.flat().map((row) => `${textOf(row.kind)} ${textOf(row.action)}`));
  expect([...actions].sort()).toEqual([
    'delay hold',
    'duplicate duplicate',
    'loss drop',
    'reorder hold',
    'reorder overtake',
    'stateful-firewall drop',
    'ttl set',
  ]);
  for (const again of [alone, loaded]) {
    expect(again.rows).toEqual(first.rows);
    expect(again.digests).toEqual(first.digests);
  }
});

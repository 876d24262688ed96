import { mkdir, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { JsonProgress } from '../../src/cli/progress.js';
import { stateLine } from '../../src/cli/watch.js';
import { RunFolder } from '../../src/scenario/run-folder.js';
import { RunWatch } from '../../src/scenario/watched-run.js';
import { temporaryFolder } from '../support/cli.js';

/** A run of which the first `done` machines have been measured, ten seconds apart. */
async function runWith(path: string, machines: readonly string[], done: number): Promise<RunFolder> {
  await mkdir(join(path, 'machines'), { recursive: true });
  await writeFile(join(path, 'manifest.json'), JSON.stringify({ machines }));
  for (const [at, id] of machines.slice(0, done).entries()) {
    const file = join(path, 'machines', id, 'machine.json');
    await mkdir(join(path, 'machines', id), { recursive: true });
    const status = at === 1 ? 'failed' : 'measured';
    const counts = { packets_sent: 1000, packets_received: 300, duration_ms: status === 'failed' ? 0 : 500 };
    await writeFile(file, JSON.stringify({ id, status, ...counts }));
    await utimes(file, 1_700_000_000 + 10 * at, 1_700_000_000 + 10 * at);
  }
  return RunFolder.open(path);
}

test('tells how far a run is from its folder alone, and how long it will take', async () => {
  await using folder = await temporaryFolder();
  const machines = ['a', 'b', 'c', 'd', 'e'];
  const watch = new RunWatch(await runWith(folder.path, machines, 3));
  await mkdir(join(folder.path, 'machines', '.d.0123abcd.tmp'));
  const state = await watch.look();
  expect(state).toEqual({
    ...{ phase: 'measuring', machines: 5, measured: 3, failed: ['b'], underWay: ['d'] },
    ...{ packetsSent: 3000, packetsReceived: 900, packetsPerS: 2000, remainingS: 20 },
  });
  expect(stateLine(state)).toBe(
    '3 of 5 machines · 1 failed · 3,000 packets, 900 answers · 2,000 packets/s · about 20 s left\n  now: d',
  );
  await runWith(folder.path, machines, 5);
  expect(await watch.look()).toMatchObject({ phase: 'learning', measured: 5, remainingS: 0 });
  await writeFile(join(folder.path, 'result.json'), '{}');
  expect((await watch.look()).phase).toBe('done');
});

test('of a run that has measured nothing yet there is no rate and no time', async () => {
  await using folder = await temporaryFolder();
  const state = await new RunWatch(await runWith(folder.path, ['a', 'b'], 0)).look();
  expect(state).toMatchObject({ measured: 0, packetsPerS: undefined, remainingS: undefined });
  expect(stateLine(state)).toBe('0 of 2 machines · 0 packets, 0 answers');
});

test('progress as JSON is one event a line', () => {
  const lines: string[] = [];
  const progress = new JsonProgress({ write: (text) => void lines.push(text) });
  progress.onEvent({ kind: 'images', wanted: 2 });
  progress.onEvent({ kind: 'learning', done: 1, total: 1 });
  expect(lines.map((line) => JSON.parse(line))).toEqual([
    { at: expect.stringMatching(/^\d{4}-.*Z$/), kind: 'images', wanted: 2 },
    { at: expect.any(String), kind: 'learning', done: 1, total: 1 },
  ]);
  expect(lines.every((line) => line.endsWith('\n') && !line.slice(0, -1).includes('\n'))).toBe(true);
});

import { existsSync } from 'node:fs';
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Result } from '../../src/report/result.js';
import { stackbed, temporaryFolder } from '../support/cli.js';
import { until } from '../support/processes.js';

// Not lwIP: its sequence numbers count the ticks of a clock, and copies agree on them or not by chance.
const scenario = `
seed: 3
machines: [{image: [libslirp-4.4, libslirp-4.7, libslirp-4.8, libslirp-4.9, mongoose-7.23]}]
probes: {count: 400, copies: 3, select: informative, pilot: 4, keep: 40}
experiments: [{kind: accuracy, hierarchy: kernel, level: [0, 2], learner: [c45, knn]}]
`;

async function runFolder(out: string): Promise<string> {
  const [stamp] = await readdir(join(out, 'few'));
  return join(out, 'few', stamp!);
}

test('probes are selected by a pilot, and by the same one after kill -9 in either pass', {
  timeout: 300_000,
}, async () => {
  await using folder = await temporaryFolder();
  const file = join(folder.path, 'few.scenario.yaml');
  await writeFile(file, scenario);
  const out = join(folder.path, 'whole');
  const whole = await stackbed(['run', file, '--out', out, '--json']);
  expect(whole.exitCode, whole.stderr).toBe(0);
  const first = JSON.parse(whole.stdout) as Result;
  expect(first.collection).toMatchObject({ probes: 40, packets_sent: 5 * 40 * 3 });
  const path = await runFolder(out);
  const selection = await readFile(join(path, 'selection.json'), 'utf8');
  const { pilot, pairs } = JSON.parse(selection);
  expect(pilot).toHaveLength(4);
  expect(pairs.all).toBeGreaterThan(0);
  expect(pairs.kept).toBe(pairs.all);
  // At level 2 each is alone in its class, and nothing is to be named.
  expect(first.selection).toMatchObject({
    ...{ generated: 400, pairs, pilot: { machines: 4, packets_sent: 4 * 400 * 3 } },
    loss: { folds: 4, pairs: { of: 12 } },
  });
  const { accuracy } = first.selection!.loss!;
  expect(accuracy.map(({ learner, level }) => `${learner} ${level}`)).toEqual(['c45 0', 'knn 0']);
  for (const { machines, alone, lost, only_all, only_kept } of accuracy) {
    expect(machines + alone).toBe(4);
    expect(lost).toBeCloseTo((only_all - only_kept) / machines, 10);
  }
  const reported = await stackbed(['report', path]);
  expect(reported.stdout).toMatch(/^Selection {3}40 of 400 probes, by a pilot of 4 machines/m);
  expect(reported.stdout).toMatch(/accuracy lost on the pilot/);
  const inspected = await stackbed(['inspect', join(path, 'pilot'), '--json']);
  expect(JSON.parse(inspected.stdout)).toMatchObject({ probes: 400, copies: 3 });
  const refused = await stackbed(['run', '--resume', join(path, 'pilot')]);
  expect([refused.exitCode, refused.stderr]).toEqual([2, expect.stringMatching(/pilot of a run/)]);

  for (const pass of ['pilot/machines', 'machines']) {
    const killed = join(folder.path, pass.replace('/', '-'));
    const child = stackbed(['run', file, '--out', killed, '--jobs', '1']);
    const begun = () =>
      runFolder(killed)
        .then((run) => readdir(join(run, pass)))
        .then(
          (names) => names.some((name) => !name.startsWith('.')),
          () => false,
        );
    await until(begun, 60_000, `a machine in ${pass}`).finally(() => child.kill('SIGKILL'));
    await child;
    const run = await runFolder(killed);
    if (pass === 'machines') expect(existsSync(join(run, 'selection.json'))).toBe(true);
    await rm(join(run, 'result.json'), { force: true });
    const resumed = await stackbed(['run', '--resume', run, '--json']);
    expect(resumed.exitCode, resumed.stderr).toBe(0);
    const again = JSON.parse(resumed.stdout) as Result;
    expect(again.dataset.digest).toBe(first.dataset.digest);
    expect(again.selection!.loss).toEqual(first.selection!.loss);
    expect(await readFile(join(run, 'selection.json'), 'utf8')).toBe(selection);
  }
});

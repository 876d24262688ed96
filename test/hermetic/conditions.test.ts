import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { readParquet } from '../../src/dataset/parquet.js';
import { readRaw } from '../../src/dataset/raw.js';
import type { Result } from '../../src/report/result.js';
import { sentFrames } from '../../src/scenario/probe-set.js';
import { RunFolder } from '../../src/scenario/run-folder.js';
import { stackbed, temporaryFolder } from '../support/cli.js';

// Stacks that are built without a compiler.
const scenario = `
machines:
  - image: [gondolin-0.5.0, v86-0.5.462]
    instances: [{}, {}]
conditions:
  - sweep: {loss: [0%, 5%, 20%]}
  - {name: far, path: {reverse: [{ttl: {decrement: 3}}]}}
probes: {count: 40, copies: 3}
experiments:
  - {kind: noise, level: 0, learner: random-forest, folds: 2}
`;
const slugs = ['loss_0', 'loss_5', 'loss_20', 'far'];
const machines = ['gondolin-0.5.0-256M', 'v86-0.5.462-256M'].flatMap((id) => [id, `${id}-2`]);

describe('machines under several network conditions', { timeout: 180_000 }, () => {
  let folder: { path: string } & AsyncDisposable;
  let result: Result;
  let run: string;
  const trial = (machine: string, slug: string, file: string) =>
    join(run, 'machines', `${machine}@${slug}`, file);

  beforeAll(async () => {
    folder = await temporaryFolder();
    const file = join(folder.path, 'swept.scenario.yaml');
    await writeFile(file, scenario);
    const out = join(folder.path, 'runs');
    const { stdout, stderr, exitCode } = await stackbed(['run', file, '--out', out, '--json']);
    expect(exitCode, stderr).toBe(0);
    result = JSON.parse(stdout) as Result;
    run = join(out, 'swept', (await readdir(join(out, 'swept')))[0]!);
    return () => folder[Symbol.asyncDispose]();
  }, 180_000);

  test('are kept one by one, and the first condition is what the rest of the result is of', async () => {
    const kept = machines.flatMap((machine) => slugs.map((slug) => `${machine}@${slug}`));
    expect((await readdir(join(run, 'machines'))).sort()).toEqual(kept.sort());
    expect(result.machines.map(({ id }) => id).sort()).toEqual([...machines].sort());
    expect(result.machines.map(({ partial }) => partial)).toEqual([0, 0, 0, 0]);
    expect(result.collection.packets_sent).toBe(4 * 4 * 40 * 3);
    const { rows } = await readParquet(join(run, 'summary.parquet'));
    expect(rows).toHaveLength(4 * 4 * 40);
    expect([...new Set(rows.map(({ condition }) => condition))]).toEqual([
      'loss 0%',
      'loss 5%',
      'loss 20%',
      'far',
    ]);
  });

  test('answer less the more is lost, and the same farther away', () => {
    const [none, some, much, far] = result.conditions!;
    expect(none).toMatchObject({ name: 'loss 0%', machines: 4, lost_by_path: 0, partial: 0, changed: 0 });
    expect(some!.partial).toBeGreaterThan(0);
    expect(much!.partial).toBeGreaterThan(some!.partial);
    expect(much!.lost_by_path).toBeGreaterThan(some!.lost_by_path);
    expect(much!.swept).toEqual({ stage: 'loss', value: '20%', number: 20, unit: '%' });
    expect(far).toMatchObject({ name: 'far', forward: [], reverse: ['ttl decrement 3'], partial: 0 });
    expect(far).toMatchObject({ answered: none!.answered, compared: 160, changed: none!.answered });
    expect(none!.answered).toBeGreaterThan(40);
  });

  test('lose under a greater loss what they lose under a lesser one', async () => {
    const folder = RunFolder.open(run);
    const frames = await sentFrames(folder, (await folder.readScenario()).scenario);
    let lost = 0;
    for (const machine of machines) {
      const record = await folder.readRecord(`${machine}@loss_5`);
      const sent = () => frames(record!);
      const [some, much] = await Promise.all(
        ['loss_5', 'loss_20'].map((slug) => readRaw(trial(machine, slug, 'responses.parquet'), sent)),
      );
      for (let probe = 0; probe < 40; probe++)
        for (let copy = 0; copy < 3; copy++) {
          if (much!.has(probe, copy)) expect(some!.has(probe, copy)).toBe(true);
          else if (some!.has(probe, copy)) lost++;
        }
    }
    expect(lost).toBeGreaterThan(0);
  });

  test('are told apart under the clean condition by models that never saw them', () => {
    expect(result.noise!.map(({ learner, trained }) => `${learner} ${trained}`)).toEqual([
      'random-forest clean',
      'random-forest noisy',
    ]);
    for (const { conditions, clean } of result.noise!) {
      expect(conditions.map(({ condition }) => condition)).toEqual(
        result.conditions!.map(({ name }) => name),
      );
      expect(conditions.find(({ condition }) => condition === clean)).toMatchObject({
        machines: 4,
        accuracy: 1,
        balanced_accuracy: 1,
      });
    }
  });

  test('are measured again one by one by --resume, to the same dataset', async () => {
    const before = await readFile(trial(machines[0]!, 'loss_5', 'machine.json'), 'utf8');
    await rm(join(run, 'machines', `${machines[1]}@loss_20`), { recursive: true });
    const { stdout, stderr, exitCode } = await stackbed(['run', '--resume', run, '--json']);
    expect(exitCode, stderr).toBe(0);
    expect(stderr).toContain('1 machines to measure');
    expect(await readFile(trial(machines[0]!, 'loss_5', 'machine.json'), 'utf8')).toBe(before);
    const resumed = JSON.parse(stdout) as Result;
    expect(resumed.dataset.digest).toBe(result.dataset.digest);
    expect(resumed.path.log_digest).toBe(result.path.log_digest);
    expect(resumed.conditions).toEqual(result.conditions);
    expect(resumed.noise).toEqual(result.noise);
  });
});

import { mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { RunFolder } from '../../src/scenario/run-folder.js';
import { countLosses, selectionOf } from '../../src/scenario/select/loss.js';
import { writeSelection } from '../../src/scenario/select/selection.js';
import { recordRun } from './recorded-run.js';

const scenario = (probes: string, more = '') => `
name: selected
seed: 3
machines: [{image: linux-6.12}]
probes: {count: 30, copies: 2${probes}}
${more}`;
const select = ', select: informative, pilot: 3, keep: 5';
const experiments =
  'experiments: [{kind: accuracy, hierarchy: [kernel, behaviour], level: [0, 1], learner: [knn, mljs-knn], split: [stratified, by-image]}]';

let root: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'selection-loss-'));
});
afterAll(() => rm(root, { recursive: true, force: true }));

/** A run that selected five of its probes by a pilot of three machines that all answer alike. */
async function selected(more = ''): Promise<RunFolder> {
  const folder = await recordRun(root, scenario(select, more), ['a', 'b']);
  const pilot = await recordRun(root, scenario('', more), ['a', 'b', 'c']);
  const file = pilot.file('machines/c/machine.json');
  const record = JSON.parse(await readFile(file, 'utf8'));
  record.labels.kernel = ['linux', 'linux 5.x', 'linux 5.10'];
  await writeFile(file, JSON.stringify(record));
  await rename(pilot.path, folder.file('pilot'));
  await writeSelection(folder, {
    ...{ schema: 'stackbed.selection/1', generated: 30, pilot: ['a', 'b', 'c'], probes_sha256: '' },
    pairs: { of: 3, all: 0, kept: 0 },
    kept: [1, 4, 6, 8, 9].map((probe) => ({ probe, why: 'random', pairs: 0, bits: 0 })),
  });
  return folder;
}

async function lossOf(folder: RunFolder) {
  const { scenario: given } = await folder.readScenario();
  const seen: number[] = [];
  const found = await selectionOf(folder, given, (done) => seen.push(done));
  return { found: found!, seen, count: countLosses(folder, given) };
}

it('is measured for labels and learners of the accuracy experiments, each once, npm’s aside', async () => {
  const { found, seen, count } = await lossOf(await selected(experiments));
  expect(found).toMatchObject({ generated: 30, kept: { split: 0, gain: 0, random: 5 } });
  expect(found.pilot).toMatchObject({ machines: 3 });
  expect(found.loss).toMatchObject({ folds: 3, pairs: { of: 6, all: 0, kept: 0 } });
  const named = found.loss!.accuracy.map(
    ({ hierarchy, level, learner }) => `${hierarchy} ${level} ${learner}`,
  );
  // All are Linux, and all behave alike: there is nothing to lose.
  expect(named).toEqual(['kernel 1 knn']);
  // Machine c is alone in its class.
  expect(found.loss!.accuracy[0]).toMatchObject({ machines: 2, alone: 1, lost: 0, only_all: 0 });
  expect([seen, count]).toEqual([[1, 2, 3], 3]);
});

it('is measured for C4.5 where a scenario has no accuracy experiments', async () => {
  const { found, count } = await lossOf(await selected());
  const named = found.loss!.accuracy.map(
    ({ hierarchy, level, learner }) => `${hierarchy} ${level} ${learner}`,
  );
  expect(named).toEqual(['kernel 1 c45', 'kernel 2 c45']);
  expect(count).toBe(6);
});

it('is not told where the pilot, or a machine of it, is gone', async () => {
  const folder = await selected();
  await rm(folder.file('pilot/machines/b'), { recursive: true });
  expect((await lossOf(folder)).found).not.toHaveProperty('loss');
  await rm(folder.file('pilot'), { recursive: true });
  const { found, count } = await lossOf(folder);
  expect(found).toEqual({
    ...{ generated: 30, kept: { split: 0, gain: 0, random: 5 }, pairs: { of: 3, all: 0, kept: 0 } },
  });
  expect(count).toBe(0);
});

it('is nothing where all probes are sent', async () => {
  const folder = await recordRun(root, scenario(''), 'a');
  const { scenario: given } = await folder.readScenario();
  expect(await selectionOf(folder, given)).toBeUndefined();
});

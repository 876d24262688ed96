import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RunFolder } from '../../src/scenario/run-folder.js';
import { classifyMachines } from '../../src/scenario/tool/classify.js';
import { summariesOfRun } from '../../src/scenario/tool/from-run.js';
import { type Tool, toolSchema } from '../../src/scenario/tool/schema.js';
import { recordRun } from '../scenario/recorded-run.js';
import { stackbed, temporaryFolder } from '../support/cli.js';

const text = `
name: twins
seed: 4
machines: [{image: linux-6.12}]
probes: {count: 30, copies: 1}
experiments: [{kind: accuracy, hierarchy: kernel, level: 2, learner: knn-tuned, split: by-image}]
`;
// Two images of each release answer like one of the other release, so that one neighbour does for machines that have
// twins, and are all wrong for those of a new image.
const images = [
  { image: 'a1', release: 'a', ttl: 32, window: 1024 },
  { image: 'b1', release: 'b', ttl: 32, window: 1025 },
  { image: 'a2', release: 'a', ttl: 33, window: 1026 },
  { image: 'b2', release: 'b', ttl: 33, window: 1027 },
  { image: 'a3', release: 'a', ttl: 34, window: 1028 },
  { image: 'a4', release: 'a', ttl: 35, window: 1029 },
  { image: 'a5', release: 'a', ttl: 36, window: 1030 },
];
const kinds = Object.fromEntries(
  images.flatMap((kind) => [1, 2, 3, 4].map((twin) => [`${kind.image}-${twin}`, kind] as const)),
);

let root: Awaited<ReturnType<typeof temporaryFolder>>;
let folder: RunFolder;
beforeAll(async () => {
  root = await temporaryFolder();
  folder = await recordRun(root.path, text, Object.keys(kinds), { kinds });
});
afterAll(() => root[Symbol.asyncDispose]());

async function trained(...more: string[]): Promise<{ tool: Tool; said: string }> {
  const file = join(root.path, 'tool.json');
  const { exitCode, stderr, stdout } = await stackbed([
    ...['train', folder.path, '-o', file, '--learner', 'knn-tuned', ...more],
  ]);
  expect(exitCode, stderr).toBe(0);
  return { tool: toolSchema.parse(JSON.parse(await readFile(file, 'utf8'))), said: stdout };
}

async function shareRight(tool: Tool): Promise<number> {
  const answers = classifyMachines(tool, await summariesOfRun(tool, folder, undefined));
  return answers.filter(({ label, machine }) => label === kinds[machine]!.release).length / answers.length;
}

describe('a tuned learner', { timeout: 120_000 }, () => {
  it('is trained as the experiments test it: images that are held out are held out where it chooses', async () => {
    const { said, tool } = await trained();
    expect(said).toMatch(/^chosen on these machines: k = 5, held out by-image$/m);
    expect(tool.trained_on).toMatchObject({ chosen: 'k = 5, held out by-image', right: 20 / 28 });
    expect(await shareRight(tool), 'the model that the file makes is the one that was trained').toBe(20 / 28);
  });

  it('holds out machines one by one where that is asked for', async () => {
    const { said, tool } = await trained('--split', 'stratified');
    expect(said).toMatch(/^chosen on these machines: k = 1$/m);
    expect([tool.trained_on.right, await shareRight(tool)]).toEqual([1, 1]);
    expect(tool.model.machines.every(({ group }) => group === undefined)).toBe(true);
  });

  it('is explained as it is trained', async () => {
    const explain = ['explain-model', folder.path, '--learner', 'knn-tuned'];
    expect((await stackbed(explain)).stdout).toMatch(/^chosen on these machines: k = 5, held out by-image$/m);
    expect((await stackbed([...explain, '--split', 'stratified'])).stdout).toMatch(/these machines: k = 1$/m);
    const { chosen, split } = JSON.parse((await stackbed([...explain, '--json'])).stdout);
    expect([chosen, split]).toEqual(['k = 5', 'by-image']);
  });

  it('is refused a split that keeps nothing apart', async () => {
    for (const verb of [
      ['train', folder.path, '-o', join(root.path, 'no.json')],
      ['explain-model', folder.path],
    ]) {
      const { exitCode, stderr } = await stackbed([...verb, '--split', 'leave-application-out']);
      expect(exitCode).toBe(2);
      expect(stderr).toMatch(
        /nothing to keep apart by leave-application-out: all machines have it in common/,
      );
    }
  });
});

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { renderReport } from '../../src/report/html.js';
import { resultJsonSchema } from '../../src/report/json-schema.js';
import { parseResult } from '../../src/report/parse.js';
import { renderText } from '../../src/report/text.js';
import { assemble } from '../../src/scenario/assemble.js';
import { parseScenario } from '../../src/scenario/read.js';
import { readTags, sectionOf, tableOf } from '../report/page-reader.js';
import { recordRun } from './recorded-run.js';

let root: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'bias-'));
});
afterAll(() => rm(root, { recursive: true }));

const scenario = (more = '') => `
machines: [{image: linux-6.12}]
probes: {count: 12, copies: 2}
experiments:
  - {kind: training-bias, hierarchy: kernel, level: 2, share: [50%, 75%], machines: 8, draws: 3, folds: 4, learner: [c45, majority]${more}}
`;
const release = (name: string) => ({ release: name });
const sixAndFour = Object.fromEntries([
  ...['a', 'b', 'c', 'd', 'e', 'f'].map((id) => [id, release('linux 6.1')] as const),
  ...['g', 'h', 'i', 'j'].map((id) => [id, release('linux 6.12')] as const),
]);
const run = (text: string, kinds: Parameters<typeof recordRun>[3] = { kinds: sixAndFour }) =>
  recordRun(root, text, Object.keys(kinds.kinds ?? {}), kinds);

describe('an experiment on training bias', () => {
  it('gives a figure for each share and learner, in result, report and terminal', async () => {
    const result = await assemble(await run(scenario()));
    const found = result.training_bias!;
    expect(found.map(({ learner, share, counts }) => [share, learner, counts])).toEqual([
      [0.5, 'c45', [4, 4]],
      [0.5, 'majority', [4, 4]],
      [0.75, 'c45', [6, 2]],
      [0.75, 'majority', [6, 2]],
    ]);
    expect(found[2]).toMatchObject({
      classes: ['linux 6.1', 'linux 6.12'],
      draws: 3,
      folds: 4,
      majority: 0.75,
    });
    const json = JSON.parse(JSON.stringify(result));
    expect(parseResult(json, 'result.json').training_bias).toEqual(found);
    expect(new Ajv2020({ strict: true, strictTuples: false }).compile(resultJsonSchema())(json)).toBe(true);
    const page = renderReport(result);
    readTags(page);
    const rows = tableOf(sectionOf(page, 'training-bias'), 'Learners by the mix');
    expect(rows.map(([mix, learner]) => [mix, learner])).toEqual([
      ['4 : 4', 'c45'],
      ['4 : 4', 'majority'],
      ['6 : 2', 'c45'],
      ['6 : 2', 'majority'],
    ]);
    expect(renderText(result)).toContain('linux 6.1 : linux 6.12 in kernel level 2');
    expect(await assemble(await run(scenario()))).toMatchObject({ training_bias: found });
  });

  it('is silent about a share that too few machines were measured for', async () => {
    const kinds = { a: release('linux 6.1'), b: release('linux 6.12'), c: release('linux 6.12') };
    const { training_bias: found } = await assemble(await run(scenario(), { kinds }));
    expect(found!.map(({ share, counts }) => [share, counts])).toEqual([
      [0.5, [1, 1]],
      [0.5, [1, 1]],
    ]);
  });

  it('names the classes that there are where it cannot tell which two are meant', async () => {
    const three = { ...sixAndFour, k: release('linux 7.2') };
    await expect(assemble(await run(scenario(), { kinds: three }))).rejects.toThrow(
      'compares two classes; at level 2 of the kernel hierarchy the machines are of linux 6.1, linux 6.12, linux 7.2',
    );
    const named = scenario(', classes: [linux 6.1, linux 7.2]');
    const { training_bias: found } = await assemble(await run(named, { kinds: three }));
    expect(found![0]!.counts).toEqual([1, 1]);
    const wrong = scenario(', classes: [linux 6.1, linux 9]');
    await expect(assemble(await run(wrong))).rejects.toThrow('names the class "linux 9"; at level 2');
  });

  it('refuses a share that leaves a class without machines', () => {
    for (const share of ['0%', '100%'])
      expect(() => parseScenario(scenario().replace('75%', share), 'x.scenario.yaml')).toThrow(
        'both classes have a share',
      );
  });
});

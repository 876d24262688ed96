import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { formatWithExcerpt } from '../../src/cli/caret.js';
import { InputErrors, type StackbedError } from '../../src/errors.js';
import { readScenario } from '../../src/scenario/read.js';
import { temporaryFolder } from '../support/cli.js';

async function written(files: Readonly<Record<string, string>>) {
  const folder = await temporaryFolder();
  await mkdir(join(folder.path, 'sub'));
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder.path, name), text);
  return Object.assign(folder, { read: (name: string) => readScenario(join(folder.path, name)) });
}

const failure = (read: Promise<unknown>) =>
  read.then(
    () => undefined,
    (error: StackbedError) => error,
  );

const base = 'name: base\nseed: 5\nmachines: [{image: linux-5.10}]\nprobes:\n  count: 100\n  copies: 6\n';

test('a file says what it does otherwise than the one it extends', async () => {
  await using files = await written({
    'base.scenario.yaml': base,
    'sub/own.scenario.yaml': 'extends: ../base.scenario.yaml\nprobes: {count: 7}\n',
  });
  const { scenario, input } = await files.read('sub/own.scenario.yaml');
  expect(scenario).toMatchObject({ name: 'own', seed: 5, probes: { count: 7, copies: 6 } });
  expect(scenario.machines).toHaveLength(1);
  expect(input).not.toHaveProperty('extends');
});

test('lists are replaced, and chains of files go on', async () => {
  await using files = await written({
    'a.yaml': base,
    'b.yaml': 'extends: a.yaml\nmachines: [{image: linux-6.18}, {image: linux-5.10}]\n',
    'c.yaml': 'extends: b.yaml\nseed: 9\n',
  });
  const { scenario } = await files.read('c.yaml');
  expect(scenario.seed).toBe(9);
  expect(scenario.machines.map(({ image }) => image)).toEqual([['linux-6.18'], ['linux-5.10']]);
});

test('a fault has the place of the file that has it', async () => {
  await using files = await written({
    'base.yaml': base.replace('100', 'many'),
    'own.yaml': 'extends: base.yaml\nprobes: {copys: 6}\n',
  });
  const error = (await failure(files.read('own.yaml'))) as InputErrors;
  expect(error).toBeInstanceOf(InputErrors);
  expect(error.errors.map(({ place }) => place)).toEqual([
    { file: join(files.path, 'base.yaml'), line: 5, column: 10 },
    { file: join(files.path, 'own.yaml'), line: 2, column: 10 },
  ]);
});

test('files that extend each other, or nothing, are told', async () => {
  await using files = await written({
    'a.yaml': 'extends: b.yaml\n',
    'b.yaml': 'extends: a.yaml\n',
    'c.yaml': 'extends: nowhere.yaml\n',
  });
  expect((await failure(files.read('a.yaml')))?.message).toMatch(/a\.yaml: that has no end/);
  expect((await failure(files.read('c.yaml')))?.message).toMatch(/nowhere\.yaml, which .*c\.yaml extends/);
});

test('YAML anchors and merge keys work, within a file', async () => {
  await using files = await written({
    'a.yaml':
      'machines:\n  - &old {image: linux-5.10, ram: 1G}\n  - {<<: *old, ram: 2G}\nprobes: {count: 10}\n',
  });
  const { scenario } = await files.read('a.yaml');
  expect(scenario.machines.map(({ image, ram }) => [image, ram])).toEqual([
    [['linux-5.10'], [1024]],
    [['linux-5.10'], [2048]],
  ]);
});

test('on a terminal a fault is shown in its line', async () => {
  await using files = await written({ 'a.yaml': 'machines: [{image: linux-5.10}]\nprobes: {copys: 6}\n' });
  const shown = formatWithExcerpt((await failure(files.read('a.yaml')))!).split('\n');
  expect(shown[0]).toMatch(/a\.yaml:2:10: unknown key "copys"/);
  expect(shown.slice(1)).toEqual(['    2 | probes: {copys: 6}', '      |          ^']);
});

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { templateNames } from '../../src/cli/init.js';
import { stackbed, temporaryFolder } from '../support/cli.js';

vi.setConfig({ testTimeout: 120_000 });

test.each(templateNames())(
  'the template %s is a scenario that is valid and can be planned',
  async (template) => {
    await using folder = await temporaryFolder();
    const file = join(folder.path, 'my.scenario.yaml');
    const made = await stackbed(['init', file, '--template', template]);
    expect(made.exitCode, made.stderr).toBe(0);
    expect(made.stdout).toContain(`stackbed run ${file}`);
    const text = await readFile(file, 'utf8');
    expect(text).not.toMatch(/SCHEMA|NAME/);
    const schema = /\$schema=(\S+)/.exec(text)![1]!;
    expect(JSON.parse(await readFile(join(folder.path, schema), 'utf8')).title).toBe('Stackbed scenario');
    const planned = await stackbed(['plan', file]);
    expect(planned.exitCode, planned.stderr).toBe(0);
  },
);

test('a file that is there is not overwritten unasked', async () => {
  await using folder = await temporaryFolder();
  const file = join(folder.path, 'my.scenario.yaml');
  await stackbed(['init', file]);
  const again = await stackbed(['init', file, '--template', 'noise']);
  expect(again.exitCode).toBe(2);
  expect(again.stderr).toMatch(/is there already\n.*--force/);
  expect((await stackbed(['init', file, '--template', 'noise', '--force'])).exitCode).toBe(0);
  expect(await readFile(file, 'utf8')).toContain('kind: noise');
  const nowhere = await stackbed(['init', join(folder.path, 'no', 'a.yaml')]);
  expect(nowhere.exitCode).toBe(2);
  expect(nowhere.stderr).toMatch(/there is no folder/);
});

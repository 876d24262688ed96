import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { packageRoot } from '../../src/package-root.js';
import { stackbed } from '../support/cli.js';

const quickstart = join(packageRoot, 'scenarios', 'quickstart.scenario.yaml');

test('help names every verb and the exit codes', async () => {
  const { stdout, exitCode } = await stackbed(['--help']);
  for (const verb of [
    'run',
    'plan',
    'validate',
    'compile',
    'evaluate',
    'explain',
    'merge',
    'train',
    'classify',
    'report',
    'images',
    'doctor',
    'schema',
  ])
    expect(stdout).toMatch(new RegExp(`^  ${verb}\\b`, 'm'));
  expect(stdout).toContain('4  interrupted; the run can be resumed');
  expect(exitCode).toBe(0);
});

test('plan says what would be booted and sent', async () => {
  const { stdout, exitCode } = await stackbed(['plan', quickstart, '--json']);
  const plan = JSON.parse(stdout);
  expect(exitCode).toBe(0);
  expect(plan.machines.length).toBeGreaterThanOrEqual(22);
  expect(new Set(plan.machines.map((machine: { id: string }) => machine.id)).size).toBe(plan.machines.length);
  expect(plan.packets).toBe(plan.machines.length * 300 * 6);
  expect(plan.estimated_s).toBeGreaterThan(0);
});

test('the quickstart scenario is valid', async () => {
  const { stdout, exitCode } = await stackbed(['validate', quickstart]);
  expect(stdout).toMatch(/valid, \d+ machines/);
  expect(exitCode).toBe(0);
});

test.each(['scenario', 'result', 'tool'])(
  'the committed JSON Schema of the %s is the current one',
  async (name) => {
    const { stdout } = await stackbed(['schema', name]);
    expect(stdout).toBe(
      (await readFile(join(packageRoot, 'schema', `${name}.schema.json`), 'utf8')).trimEnd(),
    );
  },
);

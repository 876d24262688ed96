import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { stackbed, temporaryFolder } from '../support/cli.js';

it('nmap tells of a machine that answers nothing that there is nothing to match', {
  timeout: 120_000,
}, async () => {
  await using folder = await temporaryFolder();
  const file = join(folder.path, 'silent.scenario.yaml');
  await writeFile(file, 'machines: [{image: lwip-2.2.1}]\npath: {forward: [{loss: 100%}]}\n');
  const { stdout, stderr, exitCode } = await stackbed(['nmap', file]);
  expect(exitCode, stderr).toBe(0);
  expect(stdout).toContain('0 of 16 probes answered');
  expect(stdout).toContain('\nT1(R=N)\n');
  expect(stdout).not.toContain('SEQ(');
  expect(stdout).toContain('it answered nothing, so that there is nothing to match');
});

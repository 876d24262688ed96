import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { stackbed, temporaryFolder } from '../support/cli.js';

const scenario = `
machines: [{image: linux-6.12+deb13, ram: 256M}]
path: {both: [{personality: {nmap: Microsoft Windows XP SP3}}]}
`;

it('a guest behind a personality is taken for another', { timeout: 300_000 }, async () => {
  await using folder = await temporaryFolder();
  const file = join(folder.path, 'liar.scenario.yaml');
  await writeFile(file, scenario);
  const { stdout, stderr, exitCode } = await stackbed(['nmap', file, '--json']);
  expect(exitCode, stderr).toBe(0);
  const { guesses, fingerprint } = JSON.parse(stdout);
  expect(guesses[0]).toMatchObject({ name: expect.stringContaining('Windows XP') });
  expect(guesses[0].accuracy).toBeGreaterThan(0.97);
  // Silent in a Linux guest: the personality itself answers.
  expect(fingerprint.T2.R).toBe('Y');
});

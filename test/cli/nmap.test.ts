import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { stackbed, temporaryFolder } from '../support/cli.js';

const quickstart = 'scenarios/quickstart.scenario.yaml';

test.each([
  [[], 'give a scenario, or an image with --image'],
  [['a.scenario.yaml', '--image', 'linux-5.10'], 'give a scenario, or an image with --image'],
  [[quickstart], 'the scenario has 30 machines, and one is looked at'],
  [[quickstart, '--machine', 'linux-5.10-255M'], 'did you mean linux-5.10-256M?'],
  [[quickstart, '--ram', '1G', '--machine', 'x'], '--ram is for --image'],
  [['--image', 'linux-5.11'], 'the catalogue has no image "linux-5.11"'],
  [['--image', 'linux-5.10', '--ram', '7Q'], '"7Q" is not a size of memory'],
  [['--image', 'linux-5.10', '--db', 'nowhere'], 'nowhere cannot be read: ENOENT'],
  [['--image', 'linux-5.10', '--db', 'README.md'], 'README.md:3:1: "A virtualized'],
])('nmap %j is refused', async (args, message) => {
  const lookup = args.includes('--db') ? [] : ['--no-match'];
  const { stderr, stdout, exitCode } = await stackbed(['nmap', ...lookup, ...args]);
  expect(stderr).toContain(message);
  expect(stdout).toBe('');
  expect(exitCode).toBe(2);
});

test('a database with broken lines is told line by line', async () => {
  await using folder = await temporaryFolder();
  const file = join(folder.path, 'broken-db');
  await writeFile(file, 'MatchPoints\nT1(R=100)\n\nFingerprint A\nT1(R=Y\nT2(X=1)\n');
  const { stderr, exitCode } = await stackbed(['nmap', '--image', 'linux-5.10', '--db', file]);
  expect(stderr).toContain(`${file}:5:1: "T1(R=Y" is not of the form T1(TEST=VALUE%…)`);
  expect(stderr).toContain(`${file}:6:1: T2 has no test X`);
  expect(exitCode).toBe(2);
});

import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Result } from '../../src/report/result.js';
import { stackbed, temporaryFolder } from '../support/cli.js';
import { changed, labNamed } from '../support/lab.js';

/** The lab whose machines take the least to start; the others are run by whoever changes them. */
const lab = labNamed('nondeterminism');

test.each([
  ['misleads as it stands', lab.scenario],
  ['is mended by its one line', changed(lab)],
])(
  'the lab on nondeterminism %s',
  async (_, scenario) => {
    await using folder = await temporaryFolder();
    const file = join(folder.path, 'lab.scenario.yaml');
    await writeFile(file, scenario);
    const { stdout, stderr, exitCode } = await stackbed(['run', file, '--out', folder.path, '--json']);
    const { expectations } = JSON.parse(stdout) as Result;
    expect(expectations?.map(({ finding, holds }) => [finding, holds])).toEqual([[expect.any(String), true]]);
    expect(exitCode, stderr).toBe(0);
  },
  300_000,
);

import { join } from 'node:path';
import { execa } from 'execa';
import { expect, test } from 'vitest';
import { sha256File } from '../../images/sha256.js';
import { findProgram } from '../../testbed/program.js';
import { stackbed, temporaryFolder } from '../support/cli.js';

const qemuImg = await findProgram('qemu-img');

test.skipIf(qemuImg === undefined)(
  'an image of the user that never answers is said to, and stays as it was',
  { timeout: 240_000 },
  async () => {
    await using folder = await temporaryFolder();
    const file = join(folder.path, 'blank.qcow2');
    await execa(qemuImg!, ['create', '-q', '-f', 'qcow2', file, '8M']);
    const before = await sha256File(file);
    const env = { STACKBED_CACHE: join(folder.path, 'cache') };
    const label = 'kernel=none/none 1/none 1.0';
    const added = await stackbed(
      ['images', 'add', file, '--name', 'blank', '--patience', '2', '--label', label, '--probe'],
      env,
    );
    expect(added.exitCode).toBe(2);
    expect(added.stderr).toMatch(/blank: not ready after \d+ s: waited for .* to be answered/);
    expect(added.stderr).toContain('its serial console said nothing');
    expect(added.stderr).not.toMatch(/^\s+at /m);
    expect(await sha256File(file)).toBe(before);
    const verified = await stackbed(['images', 'verify'], env);
    expect(verified.stdout).toContain('0 damaged');
  },
);

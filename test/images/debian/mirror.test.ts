import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findMirror } from '../../../images/debian/mirror.js';
import { CapabilityError } from '../../../src/errors.js';

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'stackbed-mirror-'));
});
afterEach(() => rm(root, { recursive: true }));

async function put(path: string, text: string): Promise<void> {
  await mkdir(dirname(join(root, path)), { recursive: true });
  await writeFile(join(root, path), text);
}

describe('findMirror', () => {
  it('prefers what the environment names', async () => {
    await put('etc/apt/sources.list', 'deb http://machine.example/debian sid main');
    const environment = { STACKBED_DEBIAN_MIRROR: 'http://named.example/debian/' };
    expect(await findMirror(environment, root)).toEqual({
      archive: 'http://named.example/debian',
      security: 'http://named.example/debian-security',
    });
    const both = { ...environment, STACKBED_DEBIAN_SECURITY_MIRROR: 'http://safe.example/updates' };
    expect((await findMirror(both, root)).security).toBe('http://safe.example/updates');
  });

  it("takes the machine's own sources, of either form", async () => {
    await put('etc/apt/sources.list.d/vendor.list', 'deb http://vendor.example/apt stable contrib');
    await put(
      'etc/apt/sources.list.d/debian.sources',
      'Types: deb\nURIs: http://machine.example/debian\nSuites: sid\nComponents: main\n',
    );
    expect((await findMirror({}, root)).archive).toBe('http://machine.example/debian');
  });

  it('falls back to the default of debootstrap, as on Ubuntu', async () => {
    await put('etc/apt/sources.list', 'deb http://archive.example/ubuntu noble main');
    await put(
      'usr/share/debootstrap/scripts/sid',
      'mirror_style release\ndefault_mirror http://pool.example/debian\n',
    );
    expect((await findMirror({}, root)).archive).toBe('http://pool.example/debian');
  });

  it('says what to do when the machine knows of none', async () => {
    const error = await findMirror({}, root).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(CapabilityError);
    expect((error as CapabilityError).remedy).toContain('STACKBED_DEBIAN_MIRROR');
  });
});

import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { expect, test } from 'vitest';
import { Lab } from '../../testbed/lab/lab.js';
import { Lease, leaseFolder } from '../../testbed/lease/lease.js';
import { stackbed, temporaryFolder } from '../support/cli.js';
import { hasLibvirt } from '../support/libvirt.js';
import { processesWith } from '../support/processes.js';
import { canMakeNamespaces, canRunEngines } from '../support/root.js';

test.skipIf(!canRunEngines)(
  'lab up starts one engine, which runs find, and lab down leaves nothing of it',
  { timeout: 180_000 },
  async () => {
    // Other tests must not find these engines, which go away.
    await using folder = await temporaryFolder();
    const env = { STACKBED_LAB: join(folder.path, 'lab.json') };
    const json = async (...args: string[]) => JSON.parse((await stackbed([...args, '--json'], env)).stdout);
    const up = await json('lab', 'up');
    try {
      expect(up.started).toBe(true);
      expect(await json('lab', 'up')).toEqual({ ...up, started: false });
      const { findings } = await json('doctor');
      const docker = findings.find(({ check }: { check: string }) => check === 'docker');
      expect(docker).toMatchObject({ state: 'ok', found: expect.stringContaining(up.docker) });
      const libvirt = findings.find(({ check }: { check: string }) => check === 'libvirt');
      if (hasLibvirt) {
        expect(libvirt).toMatchObject({ state: 'ok', found: expect.stringContaining(up.libvirt) });
        await execa('virsh', ['-c', up.libvirt, 'list']);
      } else expect(up.libvirt).toBeUndefined();
      const { left } = await json('gc', '--dry-run');
      expect(left.map(({ mark }: { mark: string }) => mark)).not.toContain(up.mark);
    } finally {
      expect(await json('lab', 'down')).toEqual({ stopped: true });
    }
    expect(await json('lab', 'down')).toEqual({ stopped: false });
    expect((await processesWith('STACKBED_LEASE', up.mark)).size).toBe(0);
    expect([existsSync(leaseFolder(up.mark)), existsSync(`/run/netns/stackbed-${up.mark}`)]).toEqual([
      false,
      false,
    ]);
  },
);

test.skipIf(!canMakeNamespaces)(
  'gc removes what a killed run left, and nothing of one that goes on',
  async () => {
    await using going = await Lease.acquire();
    const lab = await Lab.open(going);
    const mark = randomBytes(8).toString('hex');
    const folder = leaseFolder(mark);
    const namespace = `/run/netns/stackbed-${mark}`;
    await mkdir(folder);
    await utimes(folder, 0, 0);
    await execa('ip', ['netns', 'add', `stackbed-${mark}`]);
    const child = spawn('sleep', ['600'], { env: { ...process.env, STACKBED_LEASE: mark }, stdio: 'ignore' });
    const ended = once(child, 'exit');
    await once(child, 'spawn');
    const dry = JSON.parse((await stackbed(['gc', '--dry-run', '--json'])).stdout);
    const entry = { mark, processes: 1, namespace: true, folder: true, containers: 0 };
    expect(dry.left).toContainEqual(entry);
    expect([existsSync(folder), existsSync(namespace)]).toEqual([true, true]);
    const { left } = JSON.parse((await stackbed(['gc', '--json'])).stdout);
    expect(left).toContainEqual(entry);
    expect((await ended)[1]).toBe('SIGKILL');
    expect([existsSync(folder), existsSync(namespace)]).toEqual([false, false]);
    expect([existsSync(going.folder), existsSync(lab.path)]).toEqual([true, true]);
  },
);

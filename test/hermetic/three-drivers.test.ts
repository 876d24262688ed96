import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readParquet } from '../../src/dataset/parquet.js';
import { packageRoot } from '../../src/package-root.js';
import type { Result } from '../../src/report/result.js';
import { leaseFolder } from '../../testbed/lease/lease.js';
import { stackbed, temporaryFolder } from '../support/cli.js';
import { hasLibvirt } from '../support/libvirt.js';
import { HostListeners } from '../support/outside.js';
import { processesWith, until } from '../support/processes.js';
import { canRunEngines } from '../support/root.js';

const canRun = hasLibvirt && canRunEngines;
const file = join(packageRoot, 'scenarios', 'three-drivers.scenario.yaml');

test.skipIf(!canRun)(
  'one kernel under qemu and libvirt is one class of behaviour; a container and gVisor are others',
  { timeout: 300_000 },
  async () => {
    await using folder = await temporaryFolder();
    const { stdout, stderr, exitCode } = await stackbed(['run', file, '--out', folder.path, '--json']);
    expect(exitCode, stderr).toBe(0);
    const { machines, moved, host, collection } = JSON.parse(stdout) as Result;
    expect(machines.map(({ driver, status, failure }) => [driver, failure?.reason ?? status])).toEqual(
      ['qemu', 'libvirt', 'libvirt', 'docker', 'docker'].map((driver) => [driver, 'measured']),
    );
    const [qemu, libvirt, bridged, ...others] = machines.map((machine) => machine.behaviour_class);
    expect(qemu).toMatch(/^[A-Z]+$/);
    expect([libvirt, bridged]).toEqual([qemu, qemu]);
    expect(new Set([qemu, ...others]).size).toBe(3);
    expect(moved).toMatchObject(['driver', 'network'].map((cause) => ({ cause, machines: 2, fields: [] })));
    expect(collection.unmatched).toBe(0);
    expect(Object.keys(host)).toEqual(expect.arrayContaining(['docker', 'libvirt', 'qemu']));
  },
);

/** What of a run can be told from outside: its lease, and the names of its domains. */
async function namesOf(mark: string): Promise<{ lease?: string; domain?: string }> {
  const commands = [...(await processesWith('STACKBED_TEST', mark)).values()].join('\n');
  const lease = /reaper\.mjs ([0-9a-f]{16})/.exec(commands)?.[1];
  if (lease === undefined) return {};
  const started = [...(await processesWith('STACKBED_LEASE', lease)).values()].join('\n');
  const domain = /guest=(stackbed-\w+-\d+)/.exec(started)?.[1];
  return { lease, ...(domain !== undefined && { domain }) };
}

test.skipIf(!canRun)(
  'two runs side by side do not meet, and no interface of the host sees a frame of either',
  { timeout: 300_000 },
  async () => {
    await using folder = await temporaryFolder();
    const listeners = new HostListeners();
    const runs = ['first', 'second'].map((name) => {
      const mark = `side-by-side-${name}-${process.pid}`;
      const out = join(folder.path, name);
      return { mark, out, run: stackbed(['run', file, '--out', out, '--json'], { STACKBED_TEST: mark }) };
    });
    const ofRuns = async () => Promise.all(runs.map(({ mark }) => namesOf(mark)));
    let names = await ofRuns();
    const known = async () => {
      names = (await ofRuns()).map((each, index) => ({ ...names[index], ...each }));
      return names.every(({ domain }) => domain !== undefined);
    };
    await until(known, 200_000, 'a domain of each');
    const [one, other] = await Promise.all(
      runs.map(async ({ run, out }) => {
        const { stdout, stderr, exitCode } = await run;
        expect(exitCode, stderr).toBe(0);
        const { machines, collection } = JSON.parse(stdout) as Result;
        expect(machines.map(({ failure, status }) => failure?.reason ?? status)).toEqual(
          machines.map(() => 'measured'),
        );
        expect(collection.unmatched).toBe(0);
        const [stamp] = await readdir(join(out, 'three-drivers'));
        return await readParquet(join(out, 'three-drivers', stamp!, 'summary.parquet'));
      }),
    );
    await listeners.close();
    expect(new Set(names.map(({ lease }) => lease)).size).toBe(2);
    expect(names.map(({ domain }) => domain)).toEqual(names.map(({ lease }) => `stackbed-${lease}-0`));
    expect(one!.rows).toHaveLength(1500);
    expect(other!.rows).toEqual(one!.rows);
    expect(listeners.seen).toEqual([]);
  },
);

/** Moments of a run, by a process that is there from then on. */
const moments = [
  ['when libvirt comes up', /\/libvirtd$/],
  ['when a domain boots', /guest=stackbed-/],
  ['when the engine of containers comes up', /\/dockerd /],
] as const;

test.skipIf(!canRun).each(moments)(
  'a run that is killed %s leaves nothing',
  { timeout: 300_000 },
  async (_, sign) => {
    await using folder = await temporaryFolder();
    const mark = `drivers-${process.pid}-${sign.source}`;
    const child = stackbed(['run', file, '--out', folder.path, '--jobs', '4'], { STACKBED_TEST: mark });
    let lease: string | undefined;
    const ofLease = async () => {
      for (const command of (await processesWith('STACKBED_TEST', mark)).values())
        lease ??= /reaper\.mjs ([0-9a-f]{16})/.exec(command)?.[1];
      return lease === undefined ? [] : [...(await processesWith('STACKBED_LEASE', lease)).values()];
    };
    const isThere = (command: string) => sign.test(command.trim());
    await until(async () => (await ofLease()).some(isThere), 120_000, 'that moment');
    child.kill('SIGKILL');
    await child;
    await until(async () => (await ofLease()).length === 0, 30_000, 'no process left');
    await until(() => !existsSync(leaseFolder(lease!)), 30_000, 'no folder left');
    expect(existsSync(`/run/netns/stackbed-${lease}`)).toBe(false);
  },
);

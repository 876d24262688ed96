import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { beforeAll, describe, expect, test } from 'vitest';
import { pullImages } from '../../images/index.js';
import { readParquet } from '../../src/dataset/parquet.js';
import { CapabilityError } from '../../src/errors.js';
import { decodeFrame, emitFrame, withoutComputed } from '../../src/packet/frame.js';
import { readPcapng } from '../../src/packet/pcapng-reader.js';
import { addressing } from '../../src/probe/addressing.js';
import type { Result } from '../../src/report/result.js';
import { boot } from '../../testbed/boot.js';
import { LibvirtDriver } from '../../testbed/drivers/libvirt/driver.js';
import { Libvirts } from '../../testbed/engines/libvirt.js';
import { startLibvirtd } from '../../testbed/engines/libvirtd.js';
import { Lab } from '../../testbed/lab/lab.js';
import { Lease } from '../../testbed/lease/lease.js';
import { stackbed, temporaryFolder } from '../support/cli.js';
import { hasLibvirt } from '../support/libvirt.js';
import { processesWith, until } from '../support/processes.js';
import { canMakeNamespaces } from '../support/root.js';

const onBridge = canMakeNamespaces
  ? `
  - image: linux-6.12+deb13
    driver: libvirt
    network: bridge`
  : '';

const scenario = ({ uri = '', also = '' } = {}) => `
seed: 3
machines:
  - image: linux-6.12+deb13
    driver: [qemu, libvirt]${uri && `\n    uri: ${uri}`}${also}
path:
  reverse: [{ttl: {decrement: 3}}]
probes: {count: 150, copies: 6}
captures: [machine]
`;

async function sentByMachine(capture: string): Promise<Uint8Array[]> {
  const packets = [...readPcapng(await readFile(capture))].map(({ bytes }) => bytes);
  return packets.filter((bytes) => decodeFrame(bytes).ipv4?.source === addressing.machine);
}

/** Emitted anew, with checksums that are computed, it is the same. */
const hasRightChecksums = (frame: Uint8Array) =>
  Buffer.compare(emitFrame(withoutComputed(decodeFrame(frame))), frame) === 0;

/** Those of a run that is killed and of its machines, libvirt's own among them. */
async function ofRun(mark: string): Promise<string[]> {
  const run = await processesWith('STACKBED_TEST', mark);
  const leases = [...run.values()].flatMap(
    (command) => /reaper\.mjs ([0-9a-f]{16}) /.exec(command)?.[1] ?? [],
  );
  const machines = await Promise.all(leases.map((lease) => processesWith('STACKBED_LEASE', lease)));
  return [...new Map([...run, ...machines.flatMap((each) => [...each])]).values()];
}

describe.skipIf(!hasLibvirt)('one kernel under qemu and under libvirt', { timeout: 300_000 }, () => {
  let folder: { path: string } & AsyncDisposable;
  let file: string;
  beforeAll(async () => {
    folder = await temporaryFolder();
    file = join(folder.path, 'two.scenario.yaml');
    await writeFile(file, scenario({ also: onBridge }));
    return () => folder[Symbol.asyncDispose]();
  });

  test('is one and the same in every field of every probe', async () => {
    const { stdout, stderr, exitCode } = await stackbed(['run', file, '--out', folder.path, '--json']);
    expect(exitCode, stderr).toBe(0);
    const result = JSON.parse(stdout) as Result;
    expect(result.machines.map(({ id, driver, status }) => [id, driver, status])).toEqual([
      ['linux-6.12+deb13-256M', 'qemu', 'measured'],
      ['linux-6.12+deb13-256M-libvirt', 'libvirt', 'measured'],
      ...(onBridge ? [['linux-6.12+deb13-256M-libvirt-bridge', 'libvirt', 'measured']] : []),
    ]);
    expect(new Set(result.machines.map(({ labels }) => JSON.stringify(labels))).size).toBe(1);
    expect(result.moved).toMatchObject([
      { cause: 'driver', machines: 2, fields: [] },
      ...(onBridge ? [{ cause: 'network', machines: 2, fields: [] }] : []),
    ]);
    expect(result.host.libvirt).toMatch(/^libvirt \d+\.\d+\.\d+ \(for this run alone\)$/);

    const [stamp] = await readdir(join(folder.path, 'two'));
    const run = join(folder.path, 'two', stamp!);
    const { rows } = await readParquet(join(run, 'summary.parquet'));
    const of = (id: string) =>
      rows.filter(({ machine }) => machine === id).map(({ machine: _, ...fields }) => fields);
    const [qemu, ...others] = result.machines.map(({ id }) => of(id));
    expect(qemu).toHaveLength(150);
    for (const other of others) expect(other).toEqual(qemu);
    for (const { id, packets_received } of result.machines) {
      expect(await readFile(join(run, 'machines', id, 'console.log'), 'utf8')).toContain(
        'STACKBED READY 6.12',
      );
      const frames = await sentByMachine(join(run, 'captures', `${id}.pcapng`));
      expect(frames).toHaveLength(packets_received);
      expect(frames.filter((frame) => !hasRightChecksums(frame))).toEqual([]);
    }
  });

  test('is not copied, though copies are asked for: the run says so', async () => {
    const few = join(folder.path, 'few.scenario.yaml');
    await writeFile(few, scenario().replace('count: 150', 'count: 20').replace('captures: [machine]', ''));
    const args = ['run', few, '--out', folder.path, '--json', '--boot', 'restored'];
    const { stdout, stderr, exitCode } = await stackbed(args);
    expect(exitCode, stderr).toBe(0);
    expect(stderr).toMatch(/^1 of them booted cold all the same: libvirt restores /m);
    const { machines, moved } = JSON.parse(stdout) as Result;
    expect(machines.map(({ driver, boot }) => [driver, boot])).toEqual([
      ['qemu', 'restored'],
      ['libvirt', 'cold'],
    ]);
    expect(moved).toMatchObject([{ cause: 'driver', fields: [] }]);
  });

  test('a run that is killed leaves no domain, no libvirtd and no folder', async () => {
    const mark = `libvirt-${process.pid}`;
    const child = stackbed(['run', file, '--out', folder.path], { STACKBED_TEST: mark });
    const domain = /qemu-system-\S+ -name guest=stackbed-/;
    await until(async () => (await ofRun(mark)).some((each) => domain.test(each)), 120_000, 'a domain');
    const before = await ofRun(mark);
    expect(before.some((command) => command.includes('/libvirtd'))).toBe(true);
    const [, lease, place] = /reaper\.mjs ([0-9a-f]{16}) (\S+)/.exec(before.join('\n'))!;
    child.kill('SIGKILL');
    await child;
    await until(async () => (await processesWith('STACKBED_LEASE', lease!)).size === 0, 15_000, 'all gone');
    await until(async () => (await ofRun(mark)).length === 0, 15_000, 'the reaper gone');
    await expect(readdir(place!)).rejects.toThrow('ENOENT');
  });

  test('somebody’s libvirt is used and left as it was, though the run is killed', async () => {
    await using theirs = await Lease.acquire();
    const { uri } = await startLibvirtd(theirs, ['amd64']);
    const names = async () =>
      (await execa('virsh', ['-q', '-c', uri, 'list', '--all', '--name'])).stdout.trim();
    const used = join(folder.path, 'used.scenario.yaml');
    await writeFile(used, scenario({ uri }));
    const child = stackbed(['run', used, '--out', folder.path, '--jobs', '2']);
    await until(async () => /^stackbed-[0-9a-f]{16}-0$/.test(await names()), 120_000, 'a domain');
    child.kill('SIGKILL');
    await child;
    await until(async () => (await names()) === '', 15_000, 'no domain');
  });

  test('a machine that libvirt refuses is said to be so, with its reason', async () => {
    const image = (await pullImages(['linux-6.12+deb13'], {})).get('linux-6.12+deb13')!;
    await using lease = await Lease.acquire();
    const libvirts = new Libvirts(lease, ['amd64'], Lab.of(lease));
    const refused = boot({
      driver: new LibvirtDriver(lease, 'tcg', libvirts),
      spec: {
        ...{ id: 'refused', image, sysctls: {}, openPorts: [22] },
        hardware: { ramMib: 256, cores: 1, nic: 'virtio-net-pci', cpu: 'Eniac' },
      },
      path: { forward: [], reverse: [] },
      seed: 1,
      timeoutMs: 60_000,
    });
    const fault = await refused.then(
      () => undefined,
      (error: Error) => error,
    );
    expect(fault).toBeInstanceOf(CapabilityError);
    expect(fault!.message).toMatch(/ refuses the machine: internal error: Unknown CPU model Eniac$/);
  });
});

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { release } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { pullImages } from '../../images/index.js';
import { packageRoot } from '../../src/package-root.js';
import { decodeFrame, emitFrame, withoutComputed } from '../../src/packet/frame.js';
import { formatTcpFlags } from '../../src/packet/tcp-flags.js';
import { formatTcpOptions } from '../../src/packet/tcp-options-text.js';
import { collect } from '../../src/probe/collector.js';
import { type BootedMachine, boot } from '../../testbed/boot.js';
import { DockerDriver } from '../../testbed/drivers/docker/driver.js';
import type { DockerEngine } from '../../testbed/engines/docker.js';
import { startDocker } from '../../testbed/engines/private-docker.js';
import { Lab } from '../../testbed/lab/lab.js';
import { Lease } from '../../testbed/lease/lease.js';
import type { MachineSpec } from '../../testbed/machine.js';
import { findProgram } from '../../testbed/program.js';
import { HostListeners, outsideAddresses, protocolsSent } from '../support/outside.js';
import { processesWith, until } from '../support/processes.js';
import { canRunEngines } from '../support/root.js';
import { syn } from '../support/syn.js';

const container = 'container-debian-13';

/**
 * The window scale that Linux offers with this for the largest receive buffer (tcp_select_initial_window).
 */
async function windowScale(largest: number): Promise<number> {
  const ofHost = Number(await readFile('/proc/sys/net/core/rmem_max', 'utf8'));
  return Math.min(14, Math.floor(Math.log2(Math.max(largest, ofHost))) - 15);
}

const hasCompiler = (await findProgram('gcc')) !== undefined;

/** The process of the container that runs on a lease. */
async function pidOf(engine: DockerEngine, mark: string): Promise<number> {
  const filters = { label: [`stackbed.lease=${mark}`] };
  const [container] = await engine.docker.listContainers({ filters });
  return (await engine.docker.getContainer(container!.Id).inspect()).State.Pid;
}

describe.skipIf(!canRunEngines)('a container', { timeout: 120_000 }, () => {
  let lease: Lease;
  let lab: Lab;
  let engine: DockerEngine;
  let driver: DockerDriver;

  beforeAll(async () => {
    lease = await Lease.acquire();
    lab = await Lab.open(lease);
    engine = await startDocker(lease, lab);
    driver = new DockerDriver(
      lease,
      async () => engine,
      async () => lab,
    );
  });
  afterAll(() => lease?.release());

  async function withContainer(
    sysctls: Record<string, string>,
    use: (booted: BootedMachine) => Promise<void>,
    id = container,
  ): Promise<void> {
    const image = (await pullImages([id])).get(id)!;
    const hardware = { ramMib: 256, cores: 1, nic: 'virtio-net-pci' };
    const spec: MachineSpec = { id, image, hardware, sysctls, openPorts: [22] };
    await using booted = await boot({
      ...{ driver, spec, path: { forward: [], reverse: [] }, seed: 1, timeoutMs: 30_000 },
    });
    await use(booted);
  }

  async function synAck({ prober, link, control }: BootedMachine) {
    const answers: Uint8Array[] = [];
    const collection = await collect({
      ...{ prober, link, control, frames: [syn(22), syn(81)], copies: 200, closedPort: 81 },
      ...{ reset: true, window: 256, timeoutMs: 10_000 },
      onResponse: (_index, _copy, frame) => answers.push(frame.slice()) > 0,
    });
    expect(collection).toMatchObject({ sent: 400, received: 400, unmatched: 0 });
    const decoded = answers.map((frame) => decodeFrame(frame));
    // Emitted anew, with checksums that are computed, they are the same.
    const isWhole = (frame: Uint8Array) =>
      Buffer.compare(emitFrame(withoutComputed(decodeFrame(frame))), frame) === 0;
    expect(answers.filter((frame) => !isWhole(frame))).toEqual([]);
    return decoded.find(({ tcp }) => formatTcpFlags(tcp!.flags) === 'SA')!;
  }

  test('answers as the host kernel, with whole checksums, and says whose kernel it is', async () => {
    await withContainer({}, async (booted) => {
      const { ipv4, tcp } = await synAck(booted);
      expect(ipv4?.ttl).toBe(64);
      const options = `M1460,S,T,N,W${await windowScale(6_291_456)}`;
      expect([tcp?.window, formatTcpOptions(tcp!.options)]).toEqual([65_160, options]);
      expect(booted.machine.spec.image.labels.kernel[2]).toContain(release());
      expect(booted.machine.spec.image.release).toBe(release());
    });
  });

  test('has settings of its own', async () => {
    const sysctls = { 'net.ipv4.tcp_timestamps': '0', 'net.ipv4.tcp_rmem': '4096 131072 1073741824' };
    await withContainer({ ...sysctls, 'net.ipv4.ip_default_ttl': '99' }, async (booted) => {
      const { ipv4, tcp } = await synAck(booted);
      expect([ipv4?.ttl, formatTcpOptions(tcp!.options)]).toEqual([99, 'M1460,N,N,S,N,W14']);
    });
    await expect(withContainer({ 'kernel.hostname': 'x' }, async () => {})).rejects.toThrow(
      'kernel.hostname cannot be set in container-debian-13',
    );
  });

  test.skipIf(!hasCompiler)('may hold a stack of user space', async () => {
    const use = async (booted: BootedMachine) => {
      const { ipv4, tcp } = await synAck(booted);
      expect([ipv4?.ttl, tcp?.window, formatTcpOptions(tcp!.options)]).toEqual([255, 65_535, 'M1460,N,W1']);
      expect(await engine.docker.listContainers()).toHaveLength(1);
    };
    await withContainer({}, use, 'lwip-2.1.3');
    await expect(withContainer({}, use, 'uml-6.1')).rejects.toThrow('cannot be started by the driver docker');
  });

  test('reaches neither host, nor gateway, nor the outside, and no interface of the host sees it', async () => {
    const listeners = new HostListeners();
    await withContainer({}, async (booted) => {
      const pid = await pidOf(engine, lease.mark);
      const tried = protocolsSent(booted.link);
      // With all of root's capabilities in the container's network, which the container itself has not.
      const inside = (...command: string[]) =>
        execa('nsenter', [`--net=/proc/${pid}/ns/net`, `/proc/${pid}/root/bin/busybox`, ...command], {
          ...{ reject: false, timeout: 5000, stdin: 'ignore' },
        });
      const attempts = await Promise.all(
        (await outsideAddresses()).flatMap((target) => [
          inside('arping', '-c', '1', '-w', '1', '-I', 'eth0', target),
          inside('ping', '-c', '1', '-W', '1', target),
          inside('nc', '-w', '1', target, '22'),
          inside('nslookup', 'example.com', target),
        ]),
      );
      expect(attempts.filter(({ exitCode }) => exitCode === 0)).toEqual([]);
      // That they were tried: ARP, ICMP, TCP, UDP.
      expect([...tried].sort()).toEqual(['1', '17', '6', 'arp']);
      // What is to be seen is seen: frames of the container's own network are those that are looked for.
      expect(await booted.control.answersPing(1000)).toBe(true);
    });
    await listeners.close();
    expect(listeners.seen).toEqual([]);
  });

  test('of a run that is killed is removed, and the engine of others goes on', async () => {
    const code = (path: string) => JSON.stringify(join(packageRoot, 'dist', path));
    const holder = spawn(
      process.execPath,
      [
        ...['--input-type=module', '--eval'],
        `import { pullImages } from ${code('images/index.js')};
         import { boot } from ${code('testbed/boot.js')};
         import { DockerDriver } from ${code('testbed/drivers/docker/driver.js')};
         import { Lease } from ${code('testbed/lease/lease.js')};
         const image = (await pullImages(['${container}'])).get('${container}');
         const lease = await Lease.acquire();
         const spec = { id: 'm', image, hardware: { ramMib: 256, cores: 1, nic: '' }, sysctls: {}, openPorts: [22] };
         await boot({
           driver: new DockerDriver(lease), spec, path: { forward: [], reverse: [] }, seed: 1, timeoutMs: 30000,
         });
         process.stdout.write(lease.mark + '\\n');`,
      ],
      {
        stdio: ['ignore', 'pipe', 'inherit'],
        env: { ...process.env, DOCKER_HOST: `unix://${engine.socket}` },
      },
    );
    const [line] = (await once(holder.stdout, 'data')) as [Buffer];
    const mark = line.toString().trim();
    const filters = { label: [`stackbed.lease=${mark}`] };
    expect(await engine.docker.listContainers({ filters })).toHaveLength(1);
    holder.kill('SIGKILL');
    const isGone = async () => (await engine.docker.listContainers({ all: true, filters })).length === 0;
    await until(isGone, 10_000, 'no container left');
    await until(
      async () => (await processesWith('STACKBED_LEASE', mark)).size === 0,
      5000,
      'no process left',
    );
    await until(() => !existsSync(`/run/netns/stackbed-${mark}`), 5000, 'no namespace left');
    expect((await engine.docker.version()).Version).toBe(engine.version);
  });

  test('has an engine that leaves nothing: no process, mount, control group or file', async () => {
    const { mark, folder } = await Lease.acquire().then(async (other) => {
      await startDocker(other, await Lab.open(other));
      await other.release();
      return other;
    });
    expect((await processesWith('STACKBED_LEASE', mark)).size).toBe(0);
    expect(existsSync(folder)).toBe(false);
    expect(await readFile('/proc/mounts', 'utf8')).not.toContain(mark);
    expect((await execa('find', ['/sys/fs/cgroup', '-path', `*${mark}*`])).stdout).toBe('');
  });
});

test('without an engine is an error that says how to get one', async () => {
  const { exitCode, stderr } = await execa(
    process.execPath,
    [join(packageRoot, 'bin/stackbed'), 'run', join(packageRoot, 'scenarios/container.scenario.yaml')],
    { reject: false, env: { DOCKER_HOST: 'unix:///nonesuch.sock' } },
  );
  expect([exitCode, stderr]).toEqual([
    3,
    expect.stringMatching(/no Docker engine answers on \/nonesuch.sock .*\n.*stackbed lab up/),
  ]);
});

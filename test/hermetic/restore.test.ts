import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { pullImages } from '../../images/index.js';
import { formatIpv4Address } from '../../src/packet/address.js';
import { tcpFrame } from '../../src/packet/build.js';
import { decodeFrame, emitFrame } from '../../src/packet/frame.js';
import { formatTcpOptions } from '../../src/packet/tcp-options-text.js';
import { addressing } from '../../src/probe/addressing.js';
import { type BootedMachine, boot } from '../../testbed/boot.js';
import { RestoringDriver } from '../../testbed/drivers/qemu/snapshot/driver.js';
import { SnapshotStore } from '../../testbed/drivers/qemu/snapshot/store.js';
import { Lease } from '../../testbed/lease/lease.js';
import type { MachineSpec } from '../../testbed/machine.js';
import { slowdownFactor } from '../../testbed/speed.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'stackbed-snapshots-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function withCopy<T>(
  image: string,
  more: Partial<MachineSpec>,
  use: (booted: BootedMachine) => Promise<T>,
): Promise<T> {
  const images = await pullImages([image], {});
  await using lease = await Lease.acquire();
  await using booted = await boot({
    driver: new RestoringDriver(lease, 'tcg', new SnapshotStore(folder)),
    spec: {
      id: image,
      image: images.get(image)!,
      hardware: { ramMib: 128, cores: 1, nic: 'virtio-net-pci' },
      ...{ sysctls: {}, openPorts: [22], ...more },
    },
    path: { forward: [], reverse: [] },
    seed: 1,
    timeoutMs: 60_000 * slowdownFactor(),
  });
  return await use(booted);
}

/** SYN-ACKs to SYNs that come from `count` addresses, each answered with a RST. */
async function synAcks({ prober, control }: BootedMachine, count: number) {
  control.resets = true;
  const answers = new Map<number, ReturnType<typeof decodeFrame>>();
  const whole = new Promise<void>((resolve) => {
    prober.onFrame = (frame) => {
      const answer = decodeFrame(frame.slice());
      if (answer.tcp) answers.set(answer.ipv4!.destination - addressing.copies, answer);
      if (answers.size === count) resolve();
    };
  });
  for (let index = 0; index < count; index++) {
    const frame = tcpFrame({
      ethernet: { source: addressing.proberMac, destination: addressing.machineMac },
      ipv4: { source: addressing.copies + index, destination: addressing.machine },
      tcp: {
        ...{ sourcePort: 40_000, destinationPort: 22, sequence: 1 },
        options: [
          { type: 'mss', value: 1460 },
          { type: 'sackPermitted' },
          { type: 'timestamps', value: 7, echo: 0 },
          { type: 'windowScale', shift: 7 },
        ],
      },
    });
    prober.send(emitFrame(frame));
  }
  prober.flush();
  await whole;
  return [...answers].sort(([a], [b]) => a - b).map(([, answer]) => answer);
}

/** The source ports from which the machine itself connects to `count` addresses. */
async function ephemeralPorts({ prober, machine }: BootedMachine, count: number): Promise<number[]> {
  const ports = new Map<number, number>();
  const whole = new Promise<void>((resolve) => {
    prober.onFrame = (frame) => {
      const { tcp, ipv4 } = decodeFrame(frame.slice());
      if (tcp?.destinationPort === 80) ports.set(ipv4!.destination, tcp.sourcePort);
      if (ports.size === count) resolve();
    };
  });
  for (let index = 0; index < count; index++)
    machine.type!(`connect ${formatIpv4Address(addressing.copies + index)} 80\n`);
  await whole;
  return [...ports].sort(([a], [b]) => a - b).map(([, port]) => port);
}

/** What a new copy of `image` draws at random for each of eight connections that it accepts, and eight of its own. */
function draws(image: string) {
  return withCopy(image, {}, async (booted) => {
    const tcp = (await synAcks(booted, 8)).map((answer) => answer.tcp!);
    return {
      ports: await ephemeralPorts(booted, 8),
      sequences: tcp.map(({ sequence }) => sequence),
      timestamps: tcp.map(({ options }) => {
        const option = options.find(({ type }) => type === 'timestamps');
        return option?.type === 'timestamps' ? option.value : Number.NaN;
      }),
    };
  });
}

/**
 * How far from each other, at most, the differences between two machines are, modulo 2^32. Machines that share a
 * secret differ by the time between their answers, in every connection alike; others in each at random.
 */
function spread(first: readonly number[], second: readonly number[]): number {
  const differences = first.map((value, index) => (value - second[index]!) >>> 0).sort((a, b) => a - b);
  const gaps = differences.map((value, index) => {
    const next = differences[index + 1] ?? differences[0]! + 2 ** 32;
    return next - value;
  });
  return 2 ** 32 - Math.max(...gaps);
}

/** A minute of either clock: sequence numbers advance once in 64 ns (secure_seq.c), timestamps in 1 ms. */
const minute = { sequence: 60e9 / 64, timestamp: 60e3 };

describe.each(['linux-5.10', 'linux-6.12+deb13', 'linux-7.2+deb13'])(
  'copies of one snapshot of %s',
  (image) => {
    test('draw sequence numbers, timestamps and ports of their own', { timeout: 240_000 }, async () => {
      const first = await draws(image);
      const second = await draws(image);
      expect(spread(first.sequences, first.sequences)).toBe(0);
      expect(spread(first.sequences, second.sequences)).toBeGreaterThan(minute.sequence);
      expect(spread(first.timestamps, second.timestamps)).toBeGreaterThan(minute.timestamp);
      // Linux draws a port from half of 28,232 for each pair of addresses: two may coincide, or nearly so, by chance.
      const alike = first.ports.filter((port, index) => Math.abs(port - second.ports[index]!) < 20);
      expect(alike.length).toBeLessThan(4);
    });
  },
);

test('a snapshot that QEMU refuses is made anew', { timeout: 240_000 }, async () => {
  await withCopy('linux-6.12+deb13', {}, async () => {});
  const damaged = Buffer.from('no state of QEMU');
  const stateSha256 = createHash('sha256').update(damaged).digest('hex');
  for (const key of await readdir(folder)) {
    const file = join(folder, key, 'snapshot.json');
    await writeFile(join(folder, key, 'state'), damaged);
    await writeFile(file, JSON.stringify({ ...JSON.parse(await readFile(file, 'utf8')), stateSha256 }));
  }
  await withCopy('linux-6.12+deb13', {}, async (booted) => {
    expect(await synAcks(booted, 1)).toHaveLength(1);
  });
});

test('a copy has its own settings, socket options and ports', { timeout: 240_000 }, async () => {
  const more = {
    sysctls: { 'net.ipv4.tcp_timestamps': '0', 'net.ipv4.ip_default_ttl': '99' },
    socket: { maxseg: 1000 },
  };
  await withCopy('linux-6.12+deb13', more, async (booted) => {
    const [{ tcp, ipv4 }] = (await synAcks(booted, 1)) as [ReturnType<typeof decodeFrame>];
    expect(formatTcpOptions(tcp!.options)).toBe('M1000,N,N,S,N,W4');
    expect(ipv4!.ttl).toBe(99);
    expect(booted.machine.boot).toBe('restored');
    expect(booted.machine.console.toString()).toContain('STACKBED RESTORED');
  });
});

import { join } from 'node:path';
import { execa } from 'execa';
import { pullImages } from '../images/index.js';
import { tcpFrame } from '../src/packet/build.js';
import { emitFrame } from '../src/packet/frame.js';
import { parseTcpFlags } from '../src/packet/tcp-flags.js';
import { addressing } from '../src/probe/addressing.js';
import { collect } from '../src/probe/collector.js';
import { type BootedMachine, boot } from '../testbed/boot.js';
import { DockerDriver } from '../testbed/drivers/docker/driver.js';
import { Lab } from '../testbed/lab/lab.js';
import { Lease } from '../testbed/lease/lease.js';
import { pythonPeer, rawSocketPeer } from './bridge/peers.js';
import { figure, host, median, type Peer, type Report } from './figures.js';

const rounds = 5;
const image = 'container-debian-13';
const closedPort = 81;
/** Packets of a round, and how many may be on their way at once. */
const plan = { ours: 20_000, 'raw-socket': 20_000, scapy: 1000, window: 256 };

/** The peers' address: one of the container's own network, so that it needs no route to them. */
const peer = { interface: 'peer', address: '172.31.0.9' };

interface Outcome {
  readonly sent: number;
  readonly answered: number;
  readonly seconds: number;
}

const syn = emitFrame(
  tcpFrame({
    ethernet: { source: addressing.proberMac, destination: addressing.machineMac },
    ipv4: { source: addressing.copies, destination: addressing.machine },
    tcp: { sourcePort: 40_000, destinationPort: closedPort, sequence: 1, flags: parseTcpFlags('S') },
  }),
);

async function ours({ prober, link, control }: BootedMachine): Promise<Outcome> {
  const { sent, received, durationMs } = await collect({
    ...{ prober, link, control, frames: [syn], copies: plan.ours, closedPort },
    ...{ reset: false, window: plan.window, timeoutMs: 10_000, onResponse: () => true },
  });
  return { sent, answered: received, seconds: durationMs / 1000 };
}

/**
 * SYNs to a closed port of a container that are answered in a second, over a bridge: by Stackbed's prober
 * with its packet socket, wire and matching, by the npm package raw-socket, and by scapy. Needs root.
 */
export async function bridge(say: (text: string) => void): Promise<Report> {
  const images = await pullImages([image]);
  await using lease = await Lease.acquire();
  const lab = await Lab.open(lease);
  await using booted = await boot({
    driver: new DockerDriver(lease, undefined, async () => lab),
    spec: {
      ...{ id: 'target', image: images.get(image)!, sysctls: {}, openPorts: [22] },
      hardware: { ramMib: 256, cores: 1, nic: '' },
    },
    ...{ path: { forward: [], reverse: [] }, seed: 1, timeoutMs: 60_000 },
  });
  await lab.ip(
    [
      `link add ${peer.interface} type veth peer name ${peer.interface}p`,
      `link set ${peer.interface}p master br0 up`,
      `address add ${peer.address}/16 dev ${peer.interface}`,
      `link set ${peer.interface} up`,
    ],
    'adding the interface of the peers',
  );
  const commands = {
    'raw-socket': await rawSocketPeer(join(lease.folder, 'raw-socket')),
    scapy: await pythonPeer(join(lease.folder, 'scapy')),
  };
  const run = async (name: keyof typeof commands): Promise<Outcome | undefined> => {
    const command = commands[name];
    if ('missing' in command) return undefined;
    const about = [peer.address, booted.machine.network.address, String(closedPort), String(plan[name])];
    const first = name === 'scapy' ? [peer.interface] : [];
    const { stdout } = await execa(
      'nsenter',
      [`--net=${lab.path}`, ...command.words, ...first, ...about, String(plan.window)],
      { env: { ...lease.environment(), ...command.environment } },
    );
    return JSON.parse(stdout) as Outcome;
  };
  const found = new Map<string, Outcome[]>([
    ['ours', []],
    ...Object.keys(commands).map((name) => [name, []] as [string, Outcome[]]),
  ]);
  for (let round = 0; round <= rounds; round++) {
    const outcomes = {
      ours: await ours(booted),
      'raw-socket': await run('raw-socket'),
      scapy: await run('scapy'),
    };
    // The first is not counted: code is compiled there.
    if (round === 0) continue;
    const words = Object.entries(outcomes).flatMap(([name, outcome]) => {
      if (!outcome) return [];
      found.get(name)!.push(outcome);
      return [
        `${name} ${(outcome.answered / outcome.seconds).toFixed(0)}/s (${outcome.answered} of ${outcome.sent})`,
      ];
    });
    say(`round ${round} of ${rounds}: ${words.join(', ')}`);
  }
  const middle = (name: string) =>
    median(found.get(name)!.map(({ answered, seconds }) => answered / seconds));
  const peers = Object.fromEntries(
    Object.entries(commands).map(([name, command]): [string, Peer] => [
      name,
      'missing' in command ? command : middle(name),
    ]),
  );
  const share = (name: string) => {
    const all = found.get(name)!;
    const sum = (of: (outcome: Outcome) => number) => all.reduce((total, each) => total + of(each), 0);
    return `${((100 * sum(({ answered }) => answered)) / sum(({ sent }) => sent)).toFixed(1)} % answered`;
  };
  return {
    bench: 'bridge',
    at: new Date().toISOString(),
    host: host({}),
    notes: Object.fromEntries(
      [...found].filter(([, all]) => all.length > 0).map(([name]) => [name, share(name)]),
    ),
    figures: [
      figure(
        { name: 'SYNs answered over the bridge', unit: '1/s', better: 'more', goal: 1.5 },
        middle('ours'),
        peers,
      ),
    ],
  };
}

import { join } from 'node:path';
import { parseXml, XmlElement } from '@rgrove/parse-xml';
import { execa } from 'execa';
import { obtainTool } from '../../images/index.js';
import { requireCompiler } from '../../images/stacks/toolchain.js';
import { CapabilityError } from '../../src/errors.js';
import { packageRoot } from '../../src/package-root.js';
import { machineNetwork } from '../../src/probe/addressing.js';
import { pythonPeer } from '../bridge/peers.js';
import type { BridgedGuest } from './bridged-guest.js';
import type { Outcome } from './outcome.js';
import { ports, rst, synTo } from './probe.js';
import { hex } from './wire-guest.js';

/** A prober that is not ours, on a guest's bridge. */
export interface Peer {
  /** What it may be told, the best of which is found by trying. */
  readonly settings: readonly string[];
  run(guest: BridgedGuest, setting: string): Promise<Outcome>;
}

const target = machineNetwork.address;
const patienceMs = 120_000;

/** The program in C, which is compiled into `folder`. */
export async function compileProber(folder: string): Promise<string> {
  const compiler = await requireCompiler('c', 'the prober in C');
  const program = join(folder, 'prober');
  const { failed, stderr } = await execa(
    compiler,
    ['-O2', '-o', program, join(packageRoot, 'bench/collect/prober.c')],
    { reject: false, env: { LC_ALL: 'C' } },
  );
  if (failed) throw new CapabilityError(`the prober in C does not compile: ${stderr.split('\n')[0]}`);
  return program;
}

async function inside(
  guest: BridgedGuest,
  words: readonly string[],
  environment: NodeJS.ProcessEnv = {},
): Promise<{ stdout: string; stderr: string; seconds: number }> {
  const begun = performance.now();
  const { stdout, stderr } = await execa('nsenter', [`--net=${guest.namespace}`, '--', ...words], {
    env: { ...guest.environment, ...environment },
    stdin: 'ignore',
    timeout: patienceMs,
    // hping3 takes lost packets for a failure.
    reject: false,
  });
  return { stdout, stderr, seconds: (performance.now() - begun) / 1000 };
}

/** A packet socket on the bridge, with the window as setting. */
export function packetSocket(program: string, count: number): Peer {
  return {
    settings: ['64', '256', '1024'],
    run: async (guest, window) => {
      const words = [
        program,
        'packet',
        guest.interface,
        hex(synTo(ports.open)),
        hex(rst),
        String(count),
        window,
      ];
      return JSON.parse((await inside(guest, words)).stdout) as Outcome;
    },
  };
}

/** hping3, with microseconds between packets as setting; the kernel of the host answers SYN-ACKs with RSTs. */
export async function hping(count: number): Promise<Peer> {
  const { bin, lib } = await obtainTool('hping3');
  return {
    settings: ['300', '150', '100', '60', '1'],
    run: async (guest, interval) => {
      const pace = ['-i', `u${interval}`, '-c', String(count)];
      const { stderr, seconds } = await inside(
        guest,
        [`${bin}/hping3`, '-q', '-n', '-I', guest.interface, '-S', '-p', String(ports.open), ...pace, target],
        { LD_LIBRARY_PATH: lib },
      );
      const counted = /(\d+) packets transmitted, (\d+) packets received/.exec(stderr);
      if (!counted) throw new CapabilityError(`hping3 failed: ${stderr.trim().split('\n').at(-1)}`);
      // It counts SYN-ACKs that are sent again, too.
      const [sent, answered] = [count, Math.min(count, Number(counted[2]))];
      // It waits a second for those that do not come.
      return { sent, answered, seconds: answered < sent ? seconds - 1 : seconds };
    },
  };
}

/** nmap's SYN scan of all ports, nearly all of which are closed, with the least rate as setting. */
export async function nmap(): Promise<Peer> {
  const { bin, lib, share } = await obtainTool('nmap');
  return {
    settings: ['5000', '15000', '50000'],
    run: async (guest, pace) => {
      const { stdout, stderr } = await inside(
        guest,
        [
          ...[`${bin}/nmap`, '--datadir', share, '-n', '-Pn', '-sS', '-p1-65535', '-T5'],
          ...['--max-retries', '0', '--min-rate', pace, '-oX', '-', target],
        ],
        { LD_LIBRARY_PATH: lib },
      );
      const outcome = scanned(stdout);
      if (!outcome) throw new CapabilityError(`nmap failed: ${stderr.trim().split('\n').at(-1)}`);
      return outcome;
    },
  };
}

/** What nmap's XML says of a scan: ports that answered, and how long it took. */
export function scanned(xml: string): Outcome | undefined {
  if (xml.trim() === '') return undefined;
  const elements = descendants(parseXml(xml).root);
  const named = (name: string) => elements.filter((element) => element.name === name);
  const elapsed = Number(named('finished')[0]?.attributes.elapsed);
  const listed = named('state').map(({ attributes: { state } }) => ({ state, count: 1 }));
  const others = named('extraports').map(({ attributes: { state, count } }) => ({
    state,
    count: Number(count),
  }));
  const all = [...listed, ...others];
  if (!(elapsed > 0) || all.length === 0) return undefined;
  const count = (of: typeof all) => of.reduce((total, each) => total + each.count, 0);
  const answered = count(all.filter(({ state }) => state === 'open' || state === 'closed'));
  return { sent: count(all), answered, seconds: elapsed };
}

function descendants(root: XmlElement | null): XmlElement[] {
  if (!root) return [];
  const children = root.children.filter((child): child is XmlElement => child instanceof XmlElement);
  return [root, ...children.flatMap(descendants)];
}

/** scapy's srp(), with packets at once as setting. */
export async function scapy(folder: string, count: number): Promise<Peer> {
  const command = await pythonPeer(folder);
  if ('missing' in command) throw new CapabilityError(command.missing);
  return {
    settings: ['64', '256', String(count)],
    run: async (guest, window) => {
      const about = [guest.interface, machineNetwork.gateway, target, String(ports.open), String(count)];
      const { stdout, stderr } = await inside(
        guest,
        [...command.words, ...about, window],
        command.environment,
      );
      if (stdout === '') throw new CapabilityError(`scapy failed: ${stderr.trim().split('\n').at(-1)}`);
      return JSON.parse(stdout) as Outcome;
    },
  };
}

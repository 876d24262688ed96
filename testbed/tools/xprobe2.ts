import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { obtainTool } from '../../images/index.js';
import { CapabilityError } from '../../src/errors.js';
import { formatIpv4Address } from '../../src/packet/address.js';
import { addressing } from '../../src/probe/addressing.js';
import type { Lab } from '../lab/lab.js';
import type { Lease } from '../lease/lease.js';
import { readXml } from './xml.js';

export interface Xprobe2Options {
  readonly lab: Lab;
  readonly lease: Lease;
  readonly open: number;
  readonly closed: number;
  readonly closedUdp: number;
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
}

/** A guess of xprobe2; `probability` in percent. */
export interface Xprobe2Guess {
  readonly name: string;
  readonly probability: number;
}

/** More than its database has: it prints some of those that are as good twice in place of others. */
const allMatches = '1000';

/** It asks for the address of a site, which daemons of this machine must not go and find out: their sockets are in /run. */
const withoutDaemons = 'mount -t tmpfs tmpfs /run && exec "$@"';

/**
 * Runs xprobe2 in the lab, unpacked from Debian's package, against the machine on the wire: its guesses, best first.
 *
 * @throws CapabilityError when the archive has it no more, or with what it said when it fails or finds no machine
 */
export async function runXprobe2(options: Xprobe2Options): Promise<Xprobe2Guess[]> {
  const { lab, lease, open, closed, closedUdp, timeoutMs, signal } = options;
  const { bin, lib, share, preload = '' } = await obtainTool('xprobe2', signal ? { signal } : {});
  const folder = await mkdtemp(join(tmpdir(), 'stackbed-xprobe2-'));
  try {
    const report = join(folder, 'report.xml');
    const { failed, stdout, stderr, shortMessage } = await execa(
      'nsenter',
      [
        ...[`--net=${lab.path}`, '--', 'unshare', '--mount', '--propagation', 'private', '--'],
        ...['sh', '-c', withoutDaemons, 'sh', 'env', `LD_LIBRARY_PATH=${lib}`, `LD_PRELOAD=${preload}`],
        ...[join(bin, 'xprobe2'), '-c', join(share, 'xprobe2.conf'), '-m', allMatches, '-X', '-o', report],
        ...['-p', `tcp:${open}:open`, '-p', `tcp:${closed}:closed`, '-p', `udp:${closedUdp}:closed`],
        formatIpv4Address(addressing.machine),
      ],
      {
        reject: false,
        env: lease.environment(),
        stdin: 'ignore',
        timeout: timeoutMs,
        ...(signal && { cancelSignal: signal }),
      },
    );
    const said = `${stdout}\n${stderr}`.trim().split('\n').at(-1) || shortMessage;
    if (failed) throw new CapabilityError(`xprobe2 failed: ${said}`);
    const named = readXml('xprobe2', await readFile(report, 'utf8'));
    if (named('state').every((each) => each.attributes.state !== 'up'))
      throw new CapabilityError('xprobe2 found no machine: it had no answer to its pings');
    const guesses = new Map<string, number>();
    for (const { text, attributes } of [...named('primary'), ...named('secondary')]) {
      const name = text.trim().replace(/^"(.*)"$/, '$1');
      if (!guesses.has(name)) guesses.set(name, Number(attributes.probability));
    }
    return [...guesses].map(([name, probability]) => ({ name, probability }));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

import { readFile } from 'node:fs/promises';
import { networkInterfaces } from 'node:os';
import { AfPacketPort } from '../../src/netem/af-packet-port.js';
import type { Link } from '../../src/netem/wire.js';
import { decodeFrame } from '../../src/packet/frame.js';
import { addressing } from '../../src/probe/addressing.js';

/** Addresses that no machine may reach: this host's own, its gateway's and one of the outside. */
export async function outsideAddresses(): Promise<string[]> {
  const route = (await readFile('/proc/net/route', 'utf8'))
    .split('\n')
    .find((line) => /\t00000000\t/.test(line));
  const gateway = route && [...Buffer.from(route.split('\t')[2]!, 'hex')].reverse().join('.');
  const own = Object.values(networkInterfaces()).flatMap((all) => all ?? []);
  return [
    ...own.filter(({ family, internal }) => family === 'IPv4' && !internal).map(({ address }) => address),
    ...(gateway ? [gateway] : []),
    '1.1.1.1',
  ];
}

/** Captures on every interface of this host, for frames of a machine; needs root. */
export class HostListeners {
  /** Names of the interfaces on which there was one. */
  readonly seen: string[] = [];
  private readonly ports: AfPacketPort[];

  constructor() {
    this.ports = Object.keys(networkInterfaces()).map((name) => {
      const port = AfPacketPort.open(name, { interface: name });
      port.onFrame = (frame) => {
        const { ethernet, ipv4, arp } = decodeFrame(frame);
        const addresses = [ipv4?.source, ipv4?.destination, arp?.senderAddress, arp?.targetAddress];
        const isOurs = [ethernet?.source, ethernet?.destination].some(
          (mac) => mac && Buffer.compare(mac, addressing.machineMac) === 0,
        );
        if (isOurs || addresses.includes(addressing.machine)) this.seen.push(name);
      };
      return port;
    });
  }

  async close(): Promise<void> {
    for (const port of this.ports) await port.close();
  }
}

/** What a machine sends from now on: `arp`, and the numbers of IPv4 protocols. */
export function protocolsSent(link: Link): Set<string> {
  const sent = new Set<string>();
  const { tap } = link;
  link.tap = (frame) => {
    const { ipv4, arp } = decodeFrame(frame);
    if (arp) sent.add('arp');
    if (ipv4) sent.add(String(ipv4.protocol));
    return tap?.(frame) ?? false;
  };
  return sent;
}

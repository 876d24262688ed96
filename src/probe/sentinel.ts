import { arpOperation } from '../packet/arp.js';
import { arpRequest, icmpFrame, tcpFrame } from '../packet/build.js';
import type { Frame } from '../packet/frame.js';
import { icmpv4Type } from '../packet/icmpv4.js';
import { addressing } from './addressing.js';

/** What a machine must answer for its sentinels to come back: a SYN to a closed port, an ICMP echo, or ARP. */
export type SentinelKind = 'syn' | 'ping' | 'arp';

/** A packet that is sent behind others, and whose answer says which packet it was. */
export interface Sentinel {
  /** The request of sentinel `index`, 0 or more. */
  request(index: number): Frame;
  /** The sentinel that a frame from the machine answers; undefined when it answers none. */
  answered(frame: Frame): number | undefined;
}

/** Source addresses of sentinels, from the first of the control block on: an index is a round and an address. */
export const sentinelAddresses = 0xff_00;

const firstPort = 1024;
const ethernet = { source: addressing.proberMac, destination: addressing.machineMac };
const addressOf = (index: number) => addressing.control + (index % sentinelAddresses);
const roundOf = (index: number) => Math.floor(index / sentinelAddresses);
const ipv4Of = (index: number) => ({ source: addressOf(index), destination: addressing.machine });

/** The index that an address and a round stand for; undefined for those of no sentinel. */
function indexOf(address: number | undefined, round: number): number | undefined {
  const offset = (address ?? 0) - addressing.control;
  const isOne = round >= 0 && offset >= 0 && offset < sentinelAddresses;
  return isOne ? round * sentinelAddresses + offset : undefined;
}

/** The round is the source port. */
function syn(closedPort: number): Sentinel {
  return {
    request: (index) => {
      const ports = { sourcePort: firstPort + roundOf(index), destinationPort: closedPort };
      return tcpFrame({ ethernet, ipv4: ipv4Of(index), tcp: { ...ports, sequence: 1 } });
    },
    answered: ({ ipv4, tcp }) =>
      tcp ? indexOf(ipv4?.destination, tcp.destinationPort - firstPort) : undefined,
  };
}

/** The round is the identifier. */
function ping(): Sentinel {
  return {
    request: (index) => {
      const icmp = { rest: ((roundOf(index) << 16) | 1) >>> 0 };
      return icmpFrame({ ethernet, ipv4: ipv4Of(index), icmp, payload: new Uint8Array(16) });
    },
    answered: ({ ipv4, icmp }) =>
      icmp?.type === icmpv4Type.echoReply ? indexOf(ipv4?.destination, icmp.rest >>> 16) : undefined,
  };
}

/** ARP has no room for the round: what is answered is the last request from an address. */
function arp(): Sentinel {
  const latest = new Map<number, number>();
  return {
    request: (index) => {
      const address = addressOf(index);
      latest.set(address, index);
      return arpRequest({ mac: addressing.proberMac, address }, addressing.machine);
    },
    answered: ({ arp }) =>
      arp?.operation === arpOperation.reply ? latest.get(arp.targetAddress) : undefined,
  };
}

/** Sentinels of a kind; `closedPort` is where those that are SYNs go. */
export function sentinelOf(kind: SentinelKind, closedPort: number): Sentinel {
  return { syn: () => syn(closedPort), ping, arp }[kind]();
}

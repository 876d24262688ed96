import { updateChecksum32 } from '../packet/checksum.js';
import { ethernetHeaderLength } from '../packet/ethernet.js';
import { decodeIpv4Packet, type Ipv4Packet } from '../packet/frame.js';
import { type Ipv4, ipv4Flag } from '../packet/ipv4.js';
import type { Tcp } from '../packet/tcp.js';
import { type TcpOption, tcpOptionKindOf, tcpOptionsLength } from '../packet/tcp-options.js';
import { addressing } from './addressing.js';
import { ABSENT, fieldIndex, fields } from './fields.js';

/** Gives equal texts equal indices. */
export interface TextIndex {
  index(text: string): number;
}

const at = Object.fromEntries(fields.map(({ name }) => [name, fieldIndex(name)]));
const flagNames = ['fin', 'syn', 'rst', 'psh', 'ack', 'urg', 'ece', 'cwr'];
const flagAt = flagNames.map((name) => at[`tcp.flags.${name}`]!);

type Put = (name: string, value: number) => void;

/** Option kinds in order, each as in the fingerprinting world's short form but without its value. */
export function optionOrder(options: readonly TcpOption[]): string {
  const letters: Partial<Record<TcpOption['type'], string>> = {
    eol: 'E',
    nop: 'N',
    mss: 'M',
    windowScale: 'W',
    sackPermitted: 'S',
    sack: 'K',
    timestamps: 'T',
  };
  return options.map((option) => letters[option.type] ?? `?${tcpOptionKindOf(option) ?? ''}`).join(',');
}

/** The checksum as it would be between the addresses of the first copy and of a wire's machine. */
export function canonicalChecksum(checksum: number, source: number, destination: number): number {
  const fromMachine = updateChecksum32(checksum, source, addressing.machine);
  return updateChecksum32(fromMachine, destination, addressing.copies);
}

function readIpv4(ip: Ipv4, put: Put): void {
  put('ip.version', ip.version ?? 4);
  put('ip.ihl', ip.ihl ?? 5);
  put('ip.tos', ip.tos);
  put('ip.len', ip.totalLength ?? 0);
  put('ip.id', ip.identification);
  put('ip.flags', ip.flags);
  put('ip.flags.rb', ip.flags & ipv4Flag.reserved ? 1 : 0);
  put('ip.flags.df', ip.flags & ipv4Flag.dontFragment ? 1 : 0);
  put('ip.flags.mf', ip.flags & ipv4Flag.moreFragments ? 1 : 0);
  put('ip.offset', ip.fragmentOffset);
  put('ip.ttl', ip.ttl);
  put('ip.proto', ip.protocol);
  put('ip.chksum', canonicalChecksum(ip.checksum ?? 0, ip.source, ip.destination));
}

function readTcp(tcp: Tcp, ip: Ipv4, payload: number, put: Put, texts: TextIndex): void {
  put('tcp.seq', tcp.sequence);
  put('tcp.ack', tcp.acknowledgment);
  put('tcp.offset', tcp.dataOffset ?? 0);
  put('tcp.reserved', tcp.reserved);
  put('tcp.flags', tcp.flags);
  put('tcp.window', tcp.window);
  put('tcp.chksum', canonicalChecksum(tcp.checksum ?? 0, ip.source, ip.destination));
  put('tcp.urgent', tcp.urgentPointer);
  put('tcp.payload', payload);
  put('tcp.options.order', texts.index(optionOrder(tcp.options)));
  put('tcp.options.sackok', tcp.options.some((option) => option.type === 'sackPermitted') ? 1 : 0);
  const other: string[] = [];
  for (const option of tcp.options) {
    switch (option.type) {
      case 'mss':
        put('tcp.options.mss', option.value);
        break;
      case 'windowScale':
        put('tcp.options.wscale', option.shift);
        break;
      case 'timestamps':
        put('tcp.options.tsval', option.value);
        put('tcp.options.tsecr', option.echo);
        break;
      case 'sack':
        put('tcp.options.sack.left', option.edges[0]!);
        put('tcp.options.sack.right', option.edges[1]!);
        put('tcp.options.sack.more', option.edges.length / 2 - 1);
        break;
      case 'eol':
      case 'nop':
      case 'sackPermitted':
        break;
      default:
        other.push(`${tcpOptionKindOf(option) ?? 'raw'}:${tcpOptionsLength([option])}`);
    }
  }
  if (other.length > 0) put('tcp.options.other', texts.index(other.join(' ')));
}

/**
 * Reads every field of a response into `out` from `start` on, in the order of {@link fields}: numbers as
 * they stand, texts as indices, ABSENT for what the response does not have.
 */
export function readFields(frame: Uint8Array, out: Float64Array, start: number, texts: TextIndex): void {
  out.fill(ABSENT, start, start + fields.length);
  const put: Put = (name, value) => {
    out[start + at[name]!] = value;
  };
  const packet: Ipv4Packet = decodeIpv4Packet(frame, ethernetHeaderLength);
  const { ipv4, tcp, icmp, payload } = packet;
  if (!ipv4) return;
  readIpv4(ipv4, put);
  if (tcp) {
    readTcp(tcp, ipv4, payload?.bytes.length ?? 0, put, texts);
    for (const [bit, index] of flagAt.entries()) out[start + index] = (tcp.flags >>> bit) & 1;
  }
  if (icmp) {
    put('icmp.type', icmp.type);
    put('icmp.code', icmp.code);
    put('icmp.rest', icmp.rest);
    put('icmp.quoted', payload?.bytes.length ?? 0);
  }
}

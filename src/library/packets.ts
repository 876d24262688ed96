import { icmpFrame, tcpFrame, udpFrame } from '../packet/build.js';
import type { Frame } from '../packet/frame.js';
import { ipv4Flag } from '../packet/ipv4.js';
import { parseTcpFlags } from '../packet/tcp-flags.js';
import type { TcpOption } from '../packet/tcp-options.js';
import { addressing } from '../probe/addressing.js';
import { clientOptions } from '../probe/survey.js';

/** A TCP or UDP port of the machine: a number, or the one with and the one without a listener. */
export type TargetPort = number | 'open' | 'closed';

/** Where a packet goes from and to; addresses are unsigned 32-bit numbers. */
export interface Ends {
  readonly source: number;
  /** Port that the packet comes from unless it says otherwise. */
  readonly sourcePort: number;
  readonly open: number;
  readonly closed: number;
}

/** A packet that is still to be addressed: the same one can be sent to many machines, and many times. */
export interface ProbePacket {
  /** One line for people: `TCP S to open`. */
  readonly text: string;
  frame(ends: Ends): Frame;
}

export interface IpFields {
  /** 1..255; default 64. */
  readonly ttl?: number;
  /** Don't Fragment; default true. */
  readonly df?: boolean;
  /** TOS byte, 0..255; default 0. */
  readonly tos?: number;
  /** Identification, 0..65535; default 0. */
  readonly id?: number;
  readonly payload?: Uint8Array;
}

export interface TcpFields extends IpFields {
  /** Default `open`. */
  readonly port?: TargetPort;
  readonly sourcePort?: number;
  /** Letters of FSRPAUEC: `SA` is SYN and ACK; empty is none. */
  readonly flags?: string;
  /** 0..65535; default 64240. */
  readonly window?: number;
  readonly seq?: number;
  readonly ack?: number;
  readonly urgent?: number;
  /** The four reserved bits, 0..15. */
  readonly reserved?: number;
  readonly options?: readonly TcpOption[];
}

export interface UdpFields extends IpFields {
  /** Default `closed`: what has no listener answers with an ICMP error. */
  readonly port?: TargetPort;
  readonly sourcePort?: number;
}

export interface PingFields extends IpFields {
  /** ICMP identifier and sequence number, 0..65535. */
  readonly identifier?: number;
  readonly sequence?: number;
  /** ICMP code, 0..255; default 0. */
  readonly code?: number;
}

const firstSequence = 0x5362_0001;
const ethernet = { source: addressing.proberMac, destination: addressing.machineMac };

function numberOf(port: TargetPort, { open, closed }: Ends): number {
  if (port === 'open') return open;
  return port === 'closed' ? closed : port;
}

function envelope({ ttl = 64, df = true, tos = 0, id = 0, payload }: IpFields, { source }: Ends) {
  const flags = df ? ipv4Flag.dontFragment : 0;
  return {
    ethernet,
    ipv4: { source, destination: addressing.machine, ttl, flags, tos, identification: id },
    ...(payload && { payload }),
  };
}

/**
 * A TCP segment of any kind, as far from RFC 9293 as you like. Throws InputError for flags that are none.
 *
 * @example
 * const xmas = tcp({ flags: 'FPU', port: 'closed' });
 */
export function tcp(fields: TcpFields = {}): ProbePacket {
  const { port = 'open', flags = '', window = 64_240, seq = firstSequence, ack = 0, urgent = 0 } = fields;
  const { reserved = 0, options = [] } = fields;
  const bits = parseTcpFlags(flags);
  return {
    text: `TCP ${flags === '' ? 'without flags' : flags} to ${port}`,
    frame: (ends) =>
      tcpFrame({
        ...envelope(fields, ends),
        tcp: {
          ...{ sourcePort: fields.sourcePort ?? ends.sourcePort, destinationPort: numberOf(port, ends) },
          ...{ sequence: seq, acknowledgment: ack, urgentPointer: urgent },
          ...{ flags: bits, window, reserved, options: [...options] },
        },
      }),
  };
}

/**
 * A SYN to the open port, with the options that today's clients offer (MSS, SACK, timestamps, window scale) unless
 * `options` says otherwise.
 *
 * @example
 * const small = syn({ window: 1024, options: [{ type: 'mss', value: 536 }] });
 */
export function syn(fields: Omit<TcpFields, 'flags'> = {}): ProbePacket {
  return tcp({ options: clientOptions, ...fields, flags: 'S' });
}

/** An ACK that belongs to no connection: a stack answers with a RST (RFC 9293 section 3.10.7). */
export function ack(fields: Omit<TcpFields, 'flags'> = {}): ProbePacket {
  return tcp({ ack: firstSequence, ...fields, flags: 'A' });
}

/** A UDP datagram, by default to the closed port. */
export function udp(fields: UdpFields = {}): ProbePacket {
  const { port = 'closed', payload = new Uint8Array(8) } = fields;
  return {
    text: `UDP to ${port}`,
    frame: (ends) =>
      udpFrame({
        ...envelope({ ...fields, payload }, ends),
        udp: {
          sourcePort: fields.sourcePort ?? ends.sourcePort,
          destinationPort: numberOf(port, ends),
        },
      }),
  };
}

/** An ICMP echo request of 32 bytes. */
export function ping(fields: PingFields = {}): ProbePacket {
  const { identifier = 0x5342, sequence = 1, code = 0, payload = new Uint8Array(32).fill(0x53) } = fields;
  const rest = ((identifier << 16) | sequence) >>> 0;
  return {
    text: 'ICMP echo request',
    frame: (ends) => icmpFrame({ ...envelope({ ...fields, payload }, ends), icmp: { code, rest } }),
  };
}

import { broadcastMac, zeroMac } from './address.js';
import { type Arp, arpOperation } from './arp.js';
import { etherType } from './ethernet.js';
import type { Frame } from './frame.js';
import { type Icmpv4, icmpv4Type } from './icmpv4.js';
import { type Ipv4, ipProtocol, ipv4Flag } from './ipv4.js';
import type { Tcp } from './tcp.js';
import { tcpFlag } from './tcp-flags.js';
import type { Udp } from './udp.js';

/** Who speaks to whom on the link. */
export interface Link {
  /** 6 bytes. */
  readonly source: Uint8Array;
  /** 6 bytes. */
  readonly destination: Uint8Array;
  readonly etherType?: number | undefined;
}

/** What every IPv4 builder takes: the ends, and whatever else of the header is to differ from the defaults. */
export interface Ipv4FrameFields {
  readonly ethernet: Link;
  readonly ipv4: Partial<Ipv4> & Pick<Ipv4, 'source' | 'destination'>;
  readonly payload?: Uint8Array | undefined;
  readonly trailer?: Uint8Array | undefined;
}

const ipv4Defaults = {
  tos: 0,
  identification: 0,
  flags: ipv4Flag.dontFragment,
  fragmentOffset: 0,
  ttl: 64,
  options: new Uint8Array(0),
} as const;

function ipv4Frame(fields: Ipv4FrameFields, protocol: number): Frame {
  return {
    ethernet: { ...fields.ethernet, etherType: fields.ethernet.etherType ?? etherType.ipv4 },
    ipv4: { ...ipv4Defaults, protocol, ...fields.ipv4 },
    ...(fields.payload && { payload: { bytes: fields.payload } }),
    ...(fields.trailer && { trailer: { bytes: fields.trailer } }),
  };
}

export interface TcpFrameFields extends Ipv4FrameFields {
  readonly tcp: Partial<Tcp> & Pick<Tcp, 'sourcePort' | 'destinationPort'>;
}

/** A TCP frame: a SYN with window 64240, DF and TTL 64, unless the fields say otherwise. */
export function tcpFrame(fields: TcpFrameFields): Frame {
  const tcp: Tcp = {
    sequence: 0,
    acknowledgment: 0,
    reserved: 0,
    flags: tcpFlag.syn,
    window: 64240,
    urgentPointer: 0,
    options: [],
    ...fields.tcp,
  };
  return { ...ipv4Frame(fields, ipProtocol.tcp), tcp };
}

/** A UDP frame with DF and TTL 64, unless the fields say otherwise. */
export function udpFrame(fields: Ipv4FrameFields & { readonly udp: Udp }): Frame {
  return { ...ipv4Frame(fields, ipProtocol.udp), udp: fields.udp };
}

/** An ICMP frame: an echo request, unless the fields say otherwise. */
export function icmpFrame(fields: Ipv4FrameFields & { readonly icmp?: Partial<Icmpv4> }): Frame {
  const icmp: Icmpv4 = { type: icmpv4Type.echoRequest, code: 0, rest: 0, ...fields.icmp };
  return { ...ipv4Frame(fields, ipProtocol.icmp), icmp };
}

/** One end of an ARP exchange: 6 bytes and a 32-bit number. */
export interface ArpEnd {
  readonly mac: Uint8Array;
  readonly address: number;
}

/** Who has `targetAddress`? Asked by `sender` of everyone. */
export function arpRequest(sender: ArpEnd, targetAddress: number): Frame {
  return arpFrame(arpOperation.request, sender, { mac: zeroMac, address: targetAddress }, broadcastMac);
}

/** `sender` tells `target` that it has its address. */
export function arpReply(sender: ArpEnd, target: ArpEnd): Frame {
  return arpFrame(arpOperation.reply, sender, target, target.mac);
}

function arpFrame(operation: number, sender: ArpEnd, target: ArpEnd, destination: Uint8Array): Frame {
  const arp: Arp = {
    operation,
    senderMac: sender.mac,
    senderAddress: sender.address,
    targetMac: target.mac,
    targetAddress: target.address,
  };
  return { ethernet: { destination, source: sender.mac, etherType: etherType.arp }, arp };
}

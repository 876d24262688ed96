import { icmpFrame, type Link, tcpFrame } from '../../packet/build.js';
import { ethernetField } from '../../packet/ethernet.js';
import { emitFrame } from '../../packet/frame.js';
import { type Icmpv4, isIcmpv4Error } from '../../packet/icmpv4.js';
import { ipProtocol, ipv4Destination, ipv4FragmentOffset, ipv4Source } from '../../packet/ipv4.js';
import { type Tcp, tcpFlags, tcpHeaderLength, tcpSequence } from '../../packet/tcp.js';
import { tcpFlag } from '../../packet/tcp-flags.js';
import type { Direction } from '../flow.js';
import { ip, packetEnd } from './edit.js';
import { icmpTypeOf } from './icmp-filter.js';

/** Packets that a middlebox makes about a packet in hand. */

/** Bytes that an ICMP error may have (RFC 1812 section 4.3.2.3), less both headers. */
const longestQuote = 576 - 28;

export function opposite(direction: Direction): Direction {
  return direction === 'forward' ? 'reverse' : 'forward';
}

/** Ethernet addresses of a packet that goes on the way of `frame`. */
export function along(frame: Uint8Array): Link {
  return {
    destination: frame.slice(ethernetField.destination, ethernetField.source),
    source: frame.slice(ethernetField.source, ethernetField.etherType),
  };
}

/** Ethernet addresses of a packet that goes back to where `frame` came from. */
export function back(frame: Uint8Array): Link {
  const { destination: source, source: destination } = along(frame);
  return { source, destination };
}

/** Sequence space that a segment takes: its data, SYN and FIN (RFC 9293 section 3.4). */
export function segmentLength(frame: Uint8Array, tcp: number): number {
  const flags = tcpFlags(frame, tcp);
  const data = packetEnd(frame) - tcp - tcpHeaderLength(frame, tcp);
  return data + (flags & tcpFlag.syn ? 1 : 0) + (flags & tcpFlag.fin ? 1 : 0);
}

/** Where a segment ends in sequence space, modulo 2^32. */
export function sequenceEnd(frame: Uint8Array, tcp: number): number {
  return (tcpSequence(frame, tcp) + segmentLength(frame, tcp)) >>> 0;
}

/** A TCP frame back to the sender of `frame`, in the name of whom it was meant for; ports are the caller's. */
export function tcpBack(
  frame: Uint8Array,
  tcp: Partial<Tcp> & Pick<Tcp, 'sourcePort' | 'destinationPort'>,
  ttl: number,
): Uint8Array {
  const ipv4 = { source: ipv4Destination(frame, ip), destination: ipv4Source(frame, ip), ttl };
  return emitFrame(tcpFrame({ ethernet: back(frame), ipv4, tcp }));
}

/** A TCP frame onward to the receiver of `frame`, in the name of its sender. */
export function tcpAlong(
  frame: Uint8Array,
  tcp: Partial<Tcp> & Pick<Tcp, 'sourcePort' | 'destinationPort'>,
  ttl: number,
): Uint8Array {
  const ipv4 = { source: ipv4Source(frame, ip), destination: ipv4Destination(frame, ip), ttl };
  return emitFrame(tcpFrame({ ethernet: along(frame), ipv4, tcp }));
}

/** False where RFC 1122 section 3.2.2 forbids an ICMP error: about another one, or a fragment but the first. */
export function mayHaveIcmpError(frame: Uint8Array, protocol: number): boolean {
  if (ipv4FragmentOffset(frame, ip) > 0) return false;
  if (protocol !== ipProtocol.icmp) return true;
  const type = icmpTypeOf(frame, protocol)!;
  return type >= 0 && !isIcmpv4Error(type);
}

/** An ICMP error about `frame` to its sender, from the router `source`; it quotes as much as RFC 1812 allows. */
export function icmpErrorAbout(frame: Uint8Array, icmp: Partial<Icmpv4>, source: number): Uint8Array {
  const payload = frame.slice(ip, Math.min(packetEnd(frame), ip + longestQuote));
  const ipv4 = { source, destination: ipv4Source(frame, ip), flags: 0, tos: 0xc0 };
  return emitFrame(icmpFrame({ ethernet: back(frame), ipv4, icmp, payload }));
}

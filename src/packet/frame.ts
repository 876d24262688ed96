import { InputError } from '../errors.js';
import { type Arp, arpLength, emitArp, parseArp } from './arp.js';
import { type Raw, rawBytes } from './bytes.js';
import { type Ethernet, emitEthernet, ethernetHeaderLength, etherType, parseEthernet } from './ethernet.js';
import { emitIcmpv4, type Icmpv4, icmpv4HeaderLength, isIcmpv4Error, parseIcmpv4 } from './icmpv4.js';
import {
  checkIpv4Length,
  emitIpv4,
  type Ipv4,
  ipProtocol,
  ipv4Length,
  ipv4MinimumLength,
  parseIpv4,
} from './ipv4.js';
import {
  checkTcpLength,
  emitTcp,
  parseTcp,
  type Tcp,
  tcpHeaderLength,
  tcpLength,
  tcpMinimumLength,
} from './tcp.js';
import { emitUdp, parseUdp, type Udp, udpHeaderLength } from './udp.js';

/** An IPv4 packet: at most one of `tcp`, `udp`, `icmp`, and the bytes around what has a structure. */
export interface Ipv4Packet {
  readonly ipv4?: Ipv4 | undefined;
  readonly tcp?: Tcp | undefined;
  readonly udp?: Udp | undefined;
  readonly icmp?: Icmpv4 | undefined;
  /** What follows the innermost header, up to the end of the IP packet. */
  readonly payload?: Raw | undefined;
  /** What follows the packet: Ethernet padding, or anything else. */
  readonly trailer?: Raw | undefined;
}

/** A whole Ethernet frame, outermost layer first; a layer that is absent was not there or did not parse. */
export interface Frame extends Ipv4Packet {
  readonly ethernet?: Ethernet | undefined;
  readonly arp?: Arp | undefined;
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/**
 * Decodes any bytes as an Ethernet frame; never throws. `emitFrame` turns the answer back into the same bytes.
 * Byte fields are views of `bytes`: copy the frame first if the buffer is reused.
 */
export function decodeFrame(bytes: Uint8Array): Frame {
  const ethernet = parseEthernet(bytes);
  if (ethernet?.etherType === etherType.ipv4) {
    const frame: Mutable<Frame> = { ethernet };
    decodeInto(frame, bytes, ethernetHeaderLength, bytes.length);
    return frame;
  }
  if (!ethernet) return { payload: rawBytes(bytes, 0, bytes.length) };
  const arp = ethernet.etherType === etherType.arp ? parseArp(bytes, ethernetHeaderLength) : undefined;
  if (!arp) return { ethernet, payload: rawBytes(bytes, ethernetHeaderLength, bytes.length) };
  return { ethernet, arp, trailer: rawBytes(bytes, ethernetHeaderLength + arpLength(arp), bytes.length) };
}

/** Decodes any bytes as an IPv4 packet, such as the quote in an ICMP error; like {@link decodeFrame}. */
export function decodeIpv4Packet(buffer: Uint8Array, at = 0, end = buffer.length): Ipv4Packet {
  const packet: Mutable<Ipv4Packet> = {};
  decodeInto(packet, buffer, at, end);
  return packet;
}

/**
 * The packet that an ICMP error quotes, or undefined for all else. Quotes are often cut after 8 bytes of
 * transport: ports are then in `payload`. Offsets count in the quote.
 */
export function quotedPacket(packet: Ipv4Packet): Ipv4Packet | undefined {
  if (!packet.icmp || !packet.payload || !isIcmpv4Error(packet.icmp.type)) return undefined;
  const quote = decodeIpv4Packet(packet.payload.bytes);
  return quote.ipv4 ? quote : undefined;
}

function decodeInto(packet: Mutable<Ipv4Packet>, buffer: Uint8Array, at: number, end: number): void {
  const ipv4 = parseIpv4(buffer, at, end);
  packet.ipv4 = ipv4;
  if (!ipv4) {
    packet.payload = rawBytes(buffer, at, end);
    return;
  }
  const possible = checkIpv4Length(buffer, at, end) && ipv4.totalLength! >= ipv4.ihl! * 4;
  const packetEnd = possible ? Math.min(end, at + ipv4.totalLength!) : end;
  let next = at + (checkIpv4Length(buffer, at, end) ? ipv4.ihl! * 4 : ipv4MinimumLength);
  if (possible && ipv4.fragmentOffset === 0) next = decodeTransport(packet, buffer, next, packetEnd);
  packet.payload = rawBytes(buffer, next, packetEnd);
  packet.trailer = rawBytes(buffer, packetEnd, end);
}

function decodeTransport(packet: Mutable<Ipv4Packet>, buffer: Uint8Array, at: number, end: number): number {
  switch (packet.ipv4!.protocol) {
    case ipProtocol.tcp:
      packet.tcp = parseTcp(buffer, at, end);
      if (!packet.tcp) return at;
      return at + (checkTcpLength(buffer, at, end) ? tcpHeaderLength(buffer, at) : tcpMinimumLength);
    case ipProtocol.udp:
      packet.udp = parseUdp(buffer, at, end);
      return packet.udp ? at + udpHeaderLength : at;
    case ipProtocol.icmp:
      packet.icmp = parseIcmpv4(buffer, at, end);
      return packet.icmp ? at + icmpv4HeaderLength : at;
    default:
      return at;
  }
}

/** Bytes that {@link emitFrame} returns. */
export function frameLength(frame: Frame): number {
  return (
    (frame.ethernet ? ethernetHeaderLength : 0) +
    (frame.arp ? arpLength(frame.arp) : 0) +
    (frame.ipv4 ? ipv4Length(frame.ipv4) : 0) +
    transportLength(frame) +
    (frame.payload?.bytes.length ?? 0) +
    (frame.trailer?.bytes.length ?? 0)
  );
}

function transportLength(packet: Ipv4Packet): number {
  if (packet.tcp) return tcpLength(packet.tcp);
  if (packet.udp) return udpHeaderLength;
  return packet.icmp ? icmpv4HeaderLength : 0;
}

/**
 * The frame as bytes, in a buffer of its own: layers in the order Ethernet, ARP or IPv4, transport, payload,
 * trailer. Throws InputError for layers that cannot stand together, and for a length left out that is too long.
 * Most of its time goes into the buffer: where frames are many, reuse one with {@link emitFrameInto}.
 */
export function emitFrame(frame: Frame): Uint8Array {
  const bytes = new Uint8Array(frameLength(frame));
  emitFrameInto(frame, bytes, 0);
  return bytes;
}

/** {@link emitFrame} into a buffer that has room for `frameLength(frame)` bytes at `at`; returns where it ends. */
export function emitFrameInto(frame: Frame, buffer: Uint8Array, at: number): number {
  const { ethernet, arp, ipv4, tcp, udp, icmp, payload, trailer } = frame;
  const transports = (tcp ? 1 : 0) + (udp ? 1 : 0) + (icmp ? 1 : 0);
  if (transports > (ipv4 ? 1 : 0) || (arp && ipv4)) throw badLayers(frame);
  let next = at;
  if (ethernet) {
    emitEthernet(ethernet, buffer, next);
    next += ethernetHeaderLength;
  }
  if (arp) {
    emitArp(arp, buffer, next);
    next += arpLength(arp);
  }
  const ipv4At = next;
  const transportAt = ipv4 ? ipv4At + ipv4Length(ipv4) : ipv4At;
  const payloadAt = transportAt + transportLength(frame);
  if (payload) buffer.set(payload.bytes, payloadAt);
  const packetEnd = payloadAt + (payload ? payload.bytes.length : 0);
  if (ipv4) {
    if (tcp) emitTcp(tcp, buffer, transportAt, packetEnd, ipv4.source, ipv4.destination);
    else if (udp) emitUdp(udp, buffer, transportAt, packetEnd, ipv4.source, ipv4.destination);
    else if (icmp) emitIcmpv4(icmp, buffer, transportAt, packetEnd);
    emitIpv4(ipv4, buffer, ipv4At, packetEnd);
  }
  if (!trailer) return packetEnd;
  buffer.set(trailer.bytes, packetEnd);
  return packetEnd + trailer.bytes.length;
}

function badLayers(frame: Frame): InputError {
  const present = (['arp', 'ipv4', 'tcp', 'udp', 'icmp'] as const).filter((layer) => frame[layer]);
  return new InputError(`these layers cannot stand together in one frame: ${present.join(', ')}`, {
    remedy: 'Give ARP alone, or IPv4 with at most one of TCP, UDP and ICMP.',
  });
}

/** The packet or frame without what emit would compute: checksums and lengths. It emits a well-formed packet. */
export function withoutComputed<T extends Ipv4Packet>(packet: T): T {
  const { ipv4, tcp, udp, icmp } = packet;
  return {
    ...packet,
    ...(ipv4 && { ipv4: { ...ipv4, ihl: undefined, totalLength: undefined, checksum: undefined } }),
    ...(tcp && { tcp: { ...tcp, dataOffset: undefined, checksum: undefined } }),
    ...(udp && { udp: { ...udp, length: undefined, checksum: undefined } }),
    ...(icmp && { icmp: { ...icmp, checksum: undefined } }),
  };
}

import { readUint16, readUint32, writeUint16 } from '../../packet/bytes.js';
import { patchChecksummed, updateChecksum, updateChecksum32 } from '../../packet/checksum.js';
import { icmpv4Field, icmpv4HeaderLength, icmpv4Type, isIcmpv4Error } from '../../packet/icmpv4.js';
import { checkIpv4Length, ipProtocol, ipv4Field, ipv4HeaderLength, ipv4Protocol } from '../../packet/ipv4.js';
import { tcpField } from '../../packet/tcp.js';
import { udpField } from '../../packet/udp.js';
import { ip, packetEnd, patchIp32, transportAt } from './edit.js';

/** What address translation reads and writes: one end of a packet, or of the packet that an ICMP error quotes. */

export type End = 'source' | 'destination';

const addressField = { source: ipv4Field.source, destination: ipv4Field.destination } as const;
const queries: readonly number[] = [
  icmpv4Type.echoRequest,
  icmpv4Type.echoReply,
  icmpv4Type.timestampRequest,
  icmpv4Type.timestampReply,
];

/** A transport header whose ports, or ICMP query identifier, can be rewritten. */
export interface Transport {
  readonly protocol: number;
  readonly at: number;
  /** Where a port lies; an ICMP query has one identifier for both ends (RFC 5508 section 3). */
  readonly portAt: Readonly<Record<End, number>>;
  readonly checksumAt: number;
}

function transport(buffer: Uint8Array, protocol: number, at: number, end: number): Transport | undefined {
  const ports = { source: at, destination: at + 2 };
  switch (protocol) {
    case ipProtocol.tcp:
      return { protocol, at, portAt: ports, checksumAt: at + tcpField.checksum };
    case ipProtocol.udp:
      return { protocol, at, portAt: ports, checksumAt: at + udpField.checksum };
    case ipProtocol.icmp: {
      if (end - at < icmpv4HeaderLength || !queries.includes(buffer[at]!)) return undefined;
      const identifier = at + icmpv4Field.identifier;
      const portAt = { source: identifier, destination: identifier };
      return { protocol, at, portAt, checksumAt: at + icmpv4Field.checksum };
    }
    default:
      return undefined;
  }
}

/** The transport header of a frame, or undefined: another protocol, a later fragment, ports that are cut off. */
export function transportOf(frame: Uint8Array): Transport | undefined {
  const protocol = ipv4Protocol(frame, ip);
  const at = transportAt(frame, protocol);
  const end = packetEnd(frame);
  const found = at === 0 ? undefined : transport(frame, protocol, at, end);
  return found && found.checksumAt + 2 <= end && end - at >= 8 ? found : undefined;
}

/** Rewrites address and port of one end of a frame; all checksums are mended (RFC 3022 section 4.1). */
export function rewriteEnd(
  frame: Uint8Array,
  found: Transport,
  end: End,
  address: number,
  port: number,
): void {
  const before = readUint32(frame, ip + addressField[end]);
  const portBefore = readUint16(frame, found.portAt[end]);
  patchIp32(frame, addressField[end], address);
  writeUint16(frame, found.portAt[end], port);
  const checksum = readUint16(frame, found.checksumAt);
  if (found.protocol === ipProtocol.udp && checksum === 0) return;
  const ported = updateChecksum(checksum, portBefore, port);
  // ICMP has no pseudo-header: addresses are not in its checksum.
  const mended = found.protocol === ipProtocol.icmp ? ported : updateChecksum32(ported, before, address);
  writeUint16(frame, found.checksumAt, found.protocol === ipProtocol.udp && mended === 0 ? 0xffff : mended);
}

/** Rewrites the destination address alone, of an ICMP error. */
export function rewriteDestination(frame: Uint8Array, address: number): void {
  patchIp32(frame, ipv4Field.destination, address);
}

/** The packet that an ICMP error quotes: where it lies in the frame. */
export interface Quote {
  readonly icmp: number;
  readonly at: number;
  readonly end: number;
  readonly transport: Transport;
}

/** The quote of an ICMP error that names ports, or undefined for all else. */
export function quoteOf(frame: Uint8Array): Quote | undefined {
  const icmp = transportAt(frame, ipProtocol.icmp);
  const end = packetEnd(frame);
  if (icmp === 0 || end - icmp < icmpv4HeaderLength || !isIcmpv4Error(frame[icmp]!)) return undefined;
  const at = icmp + icmpv4HeaderLength;
  if (!checkIpv4Length(frame, at, end) || readUint16(frame, at + ipv4Field.flagsFragment) & 0x1fff)
    return undefined;
  const header = at + ipv4HeaderLength(frame, at);
  const found = end - header < 8 ? undefined : transport(frame, ipv4Protocol(frame, at), header, end);
  return found && { icmp, at, end, transport: found };
}

export function quotedAddress(frame: Uint8Array, { at }: Quote, end: End): number {
  return readUint32(frame, at + addressField[end]);
}

/**
 * Rewrites address and port of one end in a quote, its checksums as far as they are quoted, and the ICMP checksum
 * over all of it (RFC 5508 section 4.2).
 */
export function rewriteQuote(frame: Uint8Array, quote: Quote, end: End, address: number, port: number): void {
  const { icmp, at, transport: inner } = quote;
  const put = (where: number, ...bytes: number[]) =>
    patchChecksummed(frame, icmp, icmp + icmpv4Field.checksum, where, bytes);
  const put16 = (where: number, value: number) => put(where, value >>> 8, value);
  const before = quotedAddress(frame, quote, end);
  const portBefore = readUint16(frame, inner.portAt[end]);
  const headerChecksum = at + ipv4Field.checksum;
  put16(headerChecksum, updateChecksum32(readUint16(frame, headerChecksum), before, address));
  put(at + addressField[end], address >>> 24, address >>> 16, address >>> 8, address);
  put16(inner.portAt[end], port);
  if (inner.checksumAt + 2 > quote.end) return;
  const checksum = readUint16(frame, inner.checksumAt);
  if (inner.protocol === ipProtocol.udp && checksum === 0) return;
  const ported = updateChecksum(checksum, portBefore, port);
  put16(
    inner.checksumAt,
    inner.protocol === ipProtocol.icmp ? ported : updateChecksum32(ported, before, address),
  );
}

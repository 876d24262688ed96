import { InputError } from '../errors.js';
import { paddedToWord, readUint16, readUint32, writeUint16, writeUint32 } from './bytes.js';
import { internetChecksum } from './checksum.js';

/** Byte offsets in an IPv4 header (RFC 791 section 3.1). */
export const ipv4Field = {
  versionIhl: 0,
  tos: 1,
  totalLength: 2,
  identification: 4,
  flagsFragment: 6,
  ttl: 8,
  protocol: 9,
  checksum: 10,
  source: 12,
  destination: 16,
  options: 20,
} as const;

/** Length of a header without options, bytes. */
export const ipv4MinimumLength = ipv4Field.options;

export const ipProtocol = { icmp: 1, tcp: 6, udp: 17 } as const;

/** Bits of {@link Ipv4.flags}. */
export const ipv4Flag = { moreFragments: 1, dontFragment: 2, reserved: 4 } as const;

/** True when `buffer[at..end)` starts with version 4 and holds the whole header: ask before any accessor. */
export function checkIpv4Length(buffer: Uint8Array, at = 0, end = buffer.length): boolean {
  if (end - at < ipv4MinimumLength || buffer[at]! >>> 4 !== 4) return false;
  const length = ipv4HeaderLength(buffer, at);
  return length >= ipv4MinimumLength && length <= end - at;
}

/** Header length as the IHL states it, bytes: 0..60. */
export function ipv4HeaderLength(buffer: Uint8Array, at: number): number {
  return (buffer[at]! & 0x0f) << 2;
}

export function ipv4Tos(buffer: Uint8Array, at: number): number {
  return buffer[at + ipv4Field.tos]!;
}

/** Header and payload as stated, bytes. */
export function ipv4TotalLength(buffer: Uint8Array, at: number): number {
  return readUint16(buffer, at + ipv4Field.totalLength);
}

export function ipv4Identification(buffer: Uint8Array, at: number): number {
  return readUint16(buffer, at + ipv4Field.identification);
}

/** {@link ipv4Flag} bits, 0..7. */
export function ipv4Flags(buffer: Uint8Array, at: number): number {
  return buffer[at + ipv4Field.flagsFragment]! >>> 5;
}

/** In units of 8 bytes, 0..8191. */
export function ipv4FragmentOffset(buffer: Uint8Array, at: number): number {
  return readUint16(buffer, at + ipv4Field.flagsFragment) & 0x1fff;
}

export function ipv4Ttl(buffer: Uint8Array, at: number): number {
  return buffer[at + ipv4Field.ttl]!;
}

export function ipv4Protocol(buffer: Uint8Array, at: number): number {
  return buffer[at + ipv4Field.protocol]!;
}

export function ipv4Checksum(buffer: Uint8Array, at: number): number {
  return readUint16(buffer, at + ipv4Field.checksum);
}

export function ipv4Source(buffer: Uint8Array, at: number): number {
  return readUint32(buffer, at + ipv4Field.source);
}

export function ipv4Destination(buffer: Uint8Array, at: number): number {
  return readUint32(buffer, at + ipv4Field.destination);
}

export interface Ipv4 {
  /** 0..15; 4 when left out. Any other value is sent, but does not parse back. */
  readonly version?: number | undefined;
  /** Header length in 32-bit words, 0..15; computed when left out. */
  readonly ihl?: number | undefined;
  /** Type of service: DSCP in the upper six bits, ECN in the lower two (RFC 2474, RFC 3168). */
  readonly tos: number;
  /** Header and payload in bytes, 0..0xffff; computed when left out. */
  readonly totalLength?: number | undefined;
  readonly identification: number;
  /** {@link ipv4Flag} bits, 0..7. */
  readonly flags: number;
  /** In units of 8 bytes, 0..8191. */
  readonly fragmentOffset: number;
  readonly ttl: number;
  readonly protocol: number;
  /** Computed when left out. */
  readonly checksum?: number | undefined;
  /** 32-bit number. */
  readonly source: number;
  /** 32-bit number. */
  readonly destination: number;
  /** The options area as it is on the wire; emit pads it with zeros to 32-bit words. */
  readonly options: Uint8Array;
}

/**
 * The header at `at`, or undefined when the fixed 20 bytes do not fit or the version is not 4. An IHL below 5
 * or beyond `end` is kept, and then no options are: their bytes count as payload.
 */
export function parseIpv4(buffer: Uint8Array, at = 0, end = buffer.length): Ipv4 | undefined {
  if (end - at < ipv4MinimumLength || buffer[at]! >>> 4 !== 4) return undefined;
  const optionsEnd = checkIpv4Length(buffer, at, end) ? at + ipv4HeaderLength(buffer, at) : 0;
  return {
    version: 4,
    ihl: buffer[at]! & 0x0f,
    tos: ipv4Tos(buffer, at),
    totalLength: ipv4TotalLength(buffer, at),
    identification: ipv4Identification(buffer, at),
    flags: ipv4Flags(buffer, at),
    fragmentOffset: ipv4FragmentOffset(buffer, at),
    ttl: ipv4Ttl(buffer, at),
    protocol: ipv4Protocol(buffer, at),
    checksum: ipv4Checksum(buffer, at),
    source: ipv4Source(buffer, at),
    destination: ipv4Destination(buffer, at),
    options:
      optionsEnd > at + ipv4Field.options ? buffer.subarray(at + ipv4Field.options, optionsEnd) : noOptions,
  };
}

const noOptions = new Uint8Array(0);

/** Bytes that {@link emitIpv4} writes: 20 and the options, padded. */
export function ipv4Length(ipv4: Ipv4): number {
  return ipv4MinimumLength + paddedToWord(ipv4.options.length);
}

/**
 * Writes the header at `at`; its packet ends at `end`, where a total length left out is taken from. Throws
 * InputError when a length left out does not fit its field: set the field to send it nevertheless.
 */
export function emitIpv4(ipv4: Ipv4, buffer: Uint8Array, at: number, end: number): void {
  const length = ipv4Length(ipv4);
  const ihl = ipv4.ihl ?? length >> 2;
  const totalLength = ipv4.totalLength ?? end - at;
  if (ipv4.ihl === undefined && ihl > 15) throw tooLong('IPv4 header', length, 60, 'ihl');
  if (ipv4.totalLength === undefined && totalLength > 0xffff) {
    throw tooLong('IPv4 packet', totalLength, 0xffff, 'totalLength');
  }
  buffer[at] = ((ipv4.version ?? 4) << 4) | (ihl & 0x0f);
  buffer[at + ipv4Field.tos] = ipv4.tos;
  writeUint16(buffer, at + ipv4Field.totalLength, totalLength);
  writeUint16(buffer, at + ipv4Field.identification, ipv4.identification);
  writeUint16(buffer, at + ipv4Field.flagsFragment, (ipv4.flags << 13) | (ipv4.fragmentOffset & 0x1fff));
  buffer[at + ipv4Field.ttl] = ipv4.ttl;
  buffer[at + ipv4Field.protocol] = ipv4.protocol;
  writeUint16(buffer, at + ipv4Field.checksum, ipv4.checksum ?? 0);
  writeUint32(buffer, at + ipv4Field.source, ipv4.source);
  writeUint32(buffer, at + ipv4Field.destination, ipv4.destination);
  if (length > ipv4MinimumLength) {
    buffer.set(ipv4.options, at + ipv4Field.options);
    buffer.fill(0, at + ipv4Field.options + ipv4.options.length, at + length);
  }
  if (ipv4.checksum === undefined) {
    writeUint16(buffer, at + ipv4Field.checksum, internetChecksum(buffer, at, at + length));
  }
}

function tooLong(what: string, found: number, most: number, field: string): InputError {
  return new InputError(`${what} of ${found} bytes does not fit: ${field} can state at most ${most} bytes`, {
    remedy: `Shorten it, or set ${field} to send it with a length that is wrong.`,
  });
}

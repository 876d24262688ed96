import { InputError } from '../errors.js';
import { readUint16, writeUint16 } from './bytes.js';
import { transportChecksum } from './checksum.js';
import { ipProtocol } from './ipv4.js';

/** Byte offsets in a UDP header (RFC 768). */
export const udpField = { sourcePort: 0, destinationPort: 2, length: 4, checksum: 6, payload: 8 } as const;

export const udpHeaderLength = udpField.payload;

/** True when the header lies in `buffer[at..end)` and its length field is possible there: ask before any accessor. */
export function checkUdpLength(buffer: Uint8Array, at = 0, end = buffer.length): boolean {
  if (end - at < udpHeaderLength) return false;
  const length = udpDatagramLength(buffer, at);
  return length >= udpHeaderLength && length <= end - at;
}

export function udpSourcePort(buffer: Uint8Array, at: number): number {
  return readUint16(buffer, at);
}

export function udpDestinationPort(buffer: Uint8Array, at: number): number {
  return readUint16(buffer, at + udpField.destinationPort);
}

/** Header and payload as stated, bytes. */
export function udpDatagramLength(buffer: Uint8Array, at: number): number {
  return readUint16(buffer, at + udpField.length);
}

/** 0 means that the sender computed none. */
export function udpChecksum(buffer: Uint8Array, at: number): number {
  return readUint16(buffer, at + udpField.checksum);
}

export interface Udp {
  readonly sourcePort: number;
  readonly destinationPort: number;
  /** Header and payload in bytes, 0..0xffff; computed when left out. */
  readonly length?: number | undefined;
  /** Computed when left out; 0 sends none. */
  readonly checksum?: number | undefined;
}

/** The header at `at`, its length possible or not; undefined when its 8 bytes do not fit. */
export function parseUdp(buffer: Uint8Array, at = 0, end = buffer.length): Udp | undefined {
  if (end - at < udpHeaderLength) return undefined;
  return {
    sourcePort: udpSourcePort(buffer, at),
    destinationPort: udpDestinationPort(buffer, at),
    length: udpDatagramLength(buffer, at),
    checksum: udpChecksum(buffer, at),
  };
}

/** Bytes that {@link emitUdp} writes. */
export function udpLength(_udp: Udp): number {
  return udpHeaderLength;
}

/**
 * Writes the header at `at`. Its payload already lies behind it, up to `end`; the addresses (32-bit numbers)
 * are those of the pseudo-header. Throws InputError when the length is left out and above 65,535 bytes.
 */
export function emitUdp(
  udp: Udp,
  buffer: Uint8Array,
  at: number,
  end: number,
  source: number,
  destination: number,
): void {
  if (udp.length === undefined && end - at > 0xffff) {
    throw new InputError(`UDP datagram of ${end - at} bytes does not fit: at most 65535 do`, {
      remedy: 'Shorten it, or set length to send it with a length that is wrong.',
    });
  }
  writeUint16(buffer, at + udpField.sourcePort, udp.sourcePort);
  writeUint16(buffer, at + udpField.destinationPort, udp.destinationPort);
  writeUint16(buffer, at + udpField.length, udp.length ?? end - at);
  writeUint16(buffer, at + udpField.checksum, udp.checksum ?? 0);
  if (udp.checksum === undefined) {
    const checksum = transportChecksum(buffer, at, end, source, destination, ipProtocol.udp);
    // A computed zero goes out as its other representation, since zero means "none" (RFC 768).
    writeUint16(buffer, at + udpField.checksum, checksum || 0xffff);
  }
}

import { InputError } from '../errors.js';
import { paddedToWord, readUint16, readUint32, writeUint16, writeUint32 } from './bytes.js';
import { transportChecksum } from './checksum.js';
import { ipProtocol } from './ipv4.js';
import { emitTcpOptions, parseTcpOptions, type TcpOption, tcpOptionsLength } from './tcp-options.js';

/** Byte offsets in a TCP header (RFC 9293 section 3.1). */
export const tcpField = {
  sourcePort: 0,
  destinationPort: 2,
  sequence: 4,
  acknowledgment: 8,
  dataOffsetReserved: 12,
  flags: 13,
  window: 14,
  checksum: 16,
  urgentPointer: 18,
  options: 20,
} as const;

/** Length of a header without options, bytes. */
export const tcpMinimumLength = tcpField.options;

/** True when `buffer[at..end)` holds the whole header that its data offset states: ask before any accessor. */
export function checkTcpLength(buffer: Uint8Array, at = 0, end = buffer.length): boolean {
  if (end - at < tcpMinimumLength) return false;
  const length = tcpHeaderLength(buffer, at);
  return length >= tcpMinimumLength && length <= end - at;
}

export function tcpSourcePort(buffer: Uint8Array, at: number): number {
  return readUint16(buffer, at);
}

export function tcpDestinationPort(buffer: Uint8Array, at: number): number {
  return readUint16(buffer, at + tcpField.destinationPort);
}

export function tcpSequence(buffer: Uint8Array, at: number): number {
  return readUint32(buffer, at + tcpField.sequence);
}

export function tcpAcknowledgment(buffer: Uint8Array, at: number): number {
  return readUint32(buffer, at + tcpField.acknowledgment);
}

/** Header length as the data offset states it, bytes: 0..60. */
export function tcpHeaderLength(buffer: Uint8Array, at: number): number {
  return (buffer[at + tcpField.dataOffsetReserved]! >>> 4) << 2;
}

/** The four reserved bits, 0..15; the lowest is AE (RFC 9768). */
export function tcpReserved(buffer: Uint8Array, at: number): number {
  return buffer[at + tcpField.dataOffsetReserved]! & 0x0f;
}

/** `tcpFlag` bits, 0..255. */
export function tcpFlags(buffer: Uint8Array, at: number): number {
  return buffer[at + tcpField.flags]!;
}

export function tcpWindow(buffer: Uint8Array, at: number): number {
  return readUint16(buffer, at + tcpField.window);
}

export function tcpChecksum(buffer: Uint8Array, at: number): number {
  return readUint16(buffer, at + tcpField.checksum);
}

export function tcpUrgentPointer(buffer: Uint8Array, at: number): number {
  return readUint16(buffer, at + tcpField.urgentPointer);
}

export interface Tcp {
  readonly sourcePort: number;
  readonly destinationPort: number;
  /** 32-bit number. */
  readonly sequence: number;
  /** 32-bit number. */
  readonly acknowledgment: number;
  /** Header length in 32-bit words, 0..15; computed when left out. */
  readonly dataOffset?: number | undefined;
  /** The four bits between data offset and flags, 0..15; the lowest is AE (RFC 9768). */
  readonly reserved: number;
  /** `tcpFlag` bits, 0..255. */
  readonly flags: number;
  /** As carried, not scaled, 0..0xffff. */
  readonly window: number;
  /** Computed when left out. */
  readonly checksum?: number | undefined;
  readonly urgentPointer: number;
  /** In wire order; emit pads them with zeros to 32-bit words. */
  readonly options: readonly TcpOption[];
}

/**
 * The header at `at`, or undefined when the fixed 20 bytes do not fit. A data offset below 5 or beyond `end` is
 * kept, and then no options are: their bytes count as payload.
 */
export function parseTcp(buffer: Uint8Array, at = 0, end = buffer.length): Tcp | undefined {
  if (end - at < tcpMinimumLength) return undefined;
  const optionsEnd = checkTcpLength(buffer, at, end) ? at + tcpHeaderLength(buffer, at) : at;
  return {
    sourcePort: tcpSourcePort(buffer, at),
    destinationPort: tcpDestinationPort(buffer, at),
    sequence: tcpSequence(buffer, at),
    acknowledgment: tcpAcknowledgment(buffer, at),
    dataOffset: buffer[at + tcpField.dataOffsetReserved]! >>> 4,
    reserved: tcpReserved(buffer, at),
    flags: tcpFlags(buffer, at),
    window: tcpWindow(buffer, at),
    checksum: tcpChecksum(buffer, at),
    urgentPointer: tcpUrgentPointer(buffer, at),
    options: parseTcpOptions(buffer, at + tcpField.options, optionsEnd),
  };
}

/** Bytes that {@link emitTcp} writes: 20 and the options, padded. */
export function tcpLength(tcp: Tcp): number {
  return tcpMinimumLength + paddedToWord(tcpOptionsLength(tcp.options));
}

/**
 * Writes the header at `at`. Its payload already lies behind it, up to `end`; the addresses (32-bit numbers)
 * are those of the pseudo-header. Throws InputError when the data offset is left out and the options are longer
 * than the 40 bytes it can state.
 */
export function emitTcp(
  tcp: Tcp,
  buffer: Uint8Array,
  at: number,
  end: number,
  source: number,
  destination: number,
): void {
  const optionsEnd = emitTcpOptions(tcp.options, buffer, at + tcpField.options);
  const length = paddedToWord(optionsEnd - at);
  for (let i = optionsEnd; i < at + length; i++) buffer[i] = 0;
  const dataOffset = tcp.dataOffset ?? length >> 2;
  if (tcp.dataOffset === undefined && dataOffset > 15) {
    throw new InputError(`TCP options of ${length - tcpMinimumLength} bytes do not fit: at most 40 do`, {
      remedy: 'Leave some out, or set dataOffset to send them with a length that is wrong.',
    });
  }
  writeUint16(buffer, at + tcpField.sourcePort, tcp.sourcePort);
  writeUint16(buffer, at + tcpField.destinationPort, tcp.destinationPort);
  writeUint32(buffer, at + tcpField.sequence, tcp.sequence);
  writeUint32(buffer, at + tcpField.acknowledgment, tcp.acknowledgment);
  buffer[at + tcpField.dataOffsetReserved] = (dataOffset << 4) | (tcp.reserved & 0x0f);
  buffer[at + tcpField.flags] = tcp.flags;
  writeUint16(buffer, at + tcpField.window, tcp.window);
  writeUint16(buffer, at + tcpField.checksum, tcp.checksum ?? 0);
  writeUint16(buffer, at + tcpField.urgentPointer, tcp.urgentPointer);
  if (tcp.checksum === undefined) {
    const checksum = transportChecksum(buffer, at, end, source, destination, ipProtocol.tcp);
    writeUint16(buffer, at + tcpField.checksum, checksum);
  }
}

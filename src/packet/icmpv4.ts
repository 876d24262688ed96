import { readUint16, readUint32, writeUint16, writeUint32 } from './bytes.js';
import { internetChecksum } from './checksum.js';

/** Byte offsets in an ICMP message (RFC 792); what `rest` holds depends on the type. */
export const icmpv4Field = {
  type: 0,
  code: 1,
  checksum: 2,
  rest: 4,
  identifier: 4,
  sequence: 6,
  nextHopMtu: 6,
  payload: 8,
} as const;

export const icmpv4HeaderLength = icmpv4Field.payload;

export const icmpv4Type = {
  echoReply: 0,
  destinationUnreachable: 3,
  sourceQuench: 4,
  redirect: 5,
  echoRequest: 8,
  timeExceeded: 11,
  parameterProblem: 12,
  timestampRequest: 13,
  timestampReply: 14,
  addressMaskRequest: 17,
  addressMaskReply: 18,
} as const;

/** True when a whole header lies in `buffer[at..end)`: to be asked before any accessor. */
export function checkIcmpv4Length(buffer: Uint8Array, at = 0, end = buffer.length): boolean {
  return end - at >= icmpv4HeaderLength;
}

export function icmpv4TypeOf(buffer: Uint8Array, at: number): number {
  return buffer[at]!;
}

export function icmpv4Code(buffer: Uint8Array, at: number): number {
  return buffer[at + icmpv4Field.code]!;
}

export function icmpv4Checksum(buffer: Uint8Array, at: number): number {
  return readUint16(buffer, at + icmpv4Field.checksum);
}

/** Bytes 4 to 7 as a 32-bit number. */
export function icmpv4Rest(buffer: Uint8Array, at: number): number {
  return readUint32(buffer, at + icmpv4Field.rest);
}

/** Identifier of an echo, timestamp or address mask message. */
export function icmpv4Identifier(buffer: Uint8Array, at: number): number {
  return readUint16(buffer, at + icmpv4Field.identifier);
}

/** Sequence number of an echo, timestamp or address mask message. */
export function icmpv4Sequence(buffer: Uint8Array, at: number): number {
  return readUint16(buffer, at + icmpv4Field.sequence);
}

/** True for the error messages, whose payload quotes the packet that caused them. */
export function isIcmpv4Error(type: number): boolean {
  return (
    type === icmpv4Type.destinationUnreachable ||
    type === icmpv4Type.sourceQuench ||
    type === icmpv4Type.redirect ||
    type === icmpv4Type.timeExceeded ||
    type === icmpv4Type.parameterProblem
  );
}

export interface Icmpv4 {
  /** {@link icmpv4Type}, or any 0..255. */
  readonly type: number;
  readonly code: number;
  /** Computed when left out. */
  readonly checksum?: number | undefined;
  /** Bytes 4 to 7 as a 32-bit number: identifier and sequence of an echo, gateway of a redirect, else mostly 0. */
  readonly rest: number;
}

/** The header at `at`, or undefined when its 8 bytes do not fit. */
export function parseIcmpv4(buffer: Uint8Array, at = 0, end = buffer.length): Icmpv4 | undefined {
  if (!checkIcmpv4Length(buffer, at, end)) return undefined;
  return {
    type: icmpv4TypeOf(buffer, at),
    code: icmpv4Code(buffer, at),
    checksum: icmpv4Checksum(buffer, at),
    rest: icmpv4Rest(buffer, at),
  };
}

/** Bytes that {@link emitIcmpv4} writes. */
export function icmpv4Length(_icmp: Icmpv4): number {
  return icmpv4HeaderLength;
}

/** Writes the header at `at`. Its payload already lies behind it, up to `end`. */
export function emitIcmpv4(icmp: Icmpv4, buffer: Uint8Array, at: number, end: number): void {
  buffer[at] = icmp.type;
  buffer[at + icmpv4Field.code] = icmp.code;
  writeUint16(buffer, at + icmpv4Field.checksum, icmp.checksum ?? 0);
  writeUint32(buffer, at + icmpv4Field.rest, icmp.rest);
  if (icmp.checksum === undefined) {
    writeUint16(buffer, at + icmpv4Field.checksum, internetChecksum(buffer, at, end));
  }
}

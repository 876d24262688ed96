import { writeMac } from './address.js';
import { readUint16, readUint32, writeUint16, writeUint32 } from './bytes.js';
import { etherType } from './ethernet.js';

/** Byte offsets in an ARP packet with 6-byte hardware and 4-byte protocol addresses (RFC 826). */
export const arpField = {
  hardwareType: 0,
  protocolType: 2,
  hardwareLength: 4,
  protocolLength: 5,
  operation: 6,
  senderMac: 8,
  senderAddress: 14,
  targetMac: 18,
  targetAddress: 24,
  end: 28,
} as const;

export const arpOperation = { request: 1, reply: 2 } as const;

/** True when a whole packet with addresses of 6 and 4 bytes lies in `buffer[at..end)`. */
export function checkArpLength(buffer: Uint8Array, at = 0, end = buffer.length): boolean {
  return (
    end - at >= arpField.end &&
    buffer[at + arpField.hardwareLength] === 6 &&
    buffer[at + arpField.protocolLength] === 4
  );
}

export function arpOperationOf(buffer: Uint8Array, at: number): number {
  return readUint16(buffer, at + arpField.operation);
}

export function arpSenderAddress(buffer: Uint8Array, at: number): number {
  return readUint32(buffer, at + arpField.senderAddress);
}

export function arpTargetAddress(buffer: Uint8Array, at: number): number {
  return readUint32(buffer, at + arpField.targetAddress);
}

export interface Arp {
  /** 1 (Ethernet) when left out. */
  readonly hardwareType?: number | undefined;
  /** 0x0800 (IPv4) when left out. */
  readonly protocolType?: number | undefined;
  /** 6 when left out; any other value is sent, but does not parse back. */
  readonly hardwareLength?: number | undefined;
  /** 4 when left out; any other value is sent, but does not parse back. */
  readonly protocolLength?: number | undefined;
  /** {@link arpOperation}, or any 0..0xffff. */
  readonly operation: number;
  /** 6 bytes. */
  readonly senderMac: Uint8Array;
  /** 32-bit number. */
  readonly senderAddress: number;
  /** 6 bytes. */
  readonly targetMac: Uint8Array;
  /** 32-bit number. */
  readonly targetAddress: number;
}

/** The packet at `at`, or undefined when it does not fit or its addresses are not 6 and 4 bytes long. */
export function parseArp(buffer: Uint8Array, at = 0, end = buffer.length): Arp | undefined {
  if (!checkArpLength(buffer, at, end)) return undefined;
  return {
    hardwareType: readUint16(buffer, at + arpField.hardwareType),
    protocolType: readUint16(buffer, at + arpField.protocolType),
    hardwareLength: buffer[at + arpField.hardwareLength]!,
    protocolLength: buffer[at + arpField.protocolLength]!,
    operation: arpOperationOf(buffer, at),
    senderMac: buffer.subarray(at + arpField.senderMac, at + arpField.senderAddress),
    senderAddress: arpSenderAddress(buffer, at),
    targetMac: buffer.subarray(at + arpField.targetMac, at + arpField.targetAddress),
    targetAddress: arpTargetAddress(buffer, at),
  };
}

/** Bytes that {@link emitArp} writes. */
export function arpLength(_arp: Arp): number {
  return arpField.end;
}

export function emitArp(arp: Arp, buffer: Uint8Array, at: number): void {
  writeUint16(buffer, at + arpField.hardwareType, arp.hardwareType ?? 1);
  writeUint16(buffer, at + arpField.protocolType, arp.protocolType ?? etherType.ipv4);
  buffer[at + arpField.hardwareLength] = arp.hardwareLength ?? 6;
  buffer[at + arpField.protocolLength] = arp.protocolLength ?? 4;
  writeUint16(buffer, at + arpField.operation, arp.operation);
  writeMac(buffer, at + arpField.senderMac, arp.senderMac);
  writeUint32(buffer, at + arpField.senderAddress, arp.senderAddress);
  writeMac(buffer, at + arpField.targetMac, arp.targetMac);
  writeUint32(buffer, at + arpField.targetAddress, arp.targetAddress);
}

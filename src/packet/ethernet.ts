import { writeMac } from './address.js';
import { readUint16, writeUint16 } from './bytes.js';

/** Byte offsets in an Ethernet II header (IEEE 802.3 section 3.1.1, without the FCS). */
export const ethernetField = { destination: 0, source: 6, etherType: 12, payload: 14 } as const;

export const ethernetHeaderLength = ethernetField.payload;

export const etherType = { ipv4: 0x0800, arp: 0x0806, vlan: 0x8100, ipv6: 0x86dd } as const;

/** True when a whole header lies in `buffer[at..end)`: to be asked before any accessor. */
export function checkEthernetLength(buffer: Uint8Array, at = 0, end = buffer.length): boolean {
  return end - at >= ethernetHeaderLength;
}

/** Values below 0x600 are an IEEE 802.3 length. */
export function ethernetEtherType(buffer: Uint8Array, at: number): number {
  return readUint16(buffer, at + ethernetField.etherType);
}

export interface Ethernet {
  /** 6 bytes. */
  readonly destination: Uint8Array;
  /** 6 bytes. */
  readonly source: Uint8Array;
  /** 0..0xffff. */
  readonly etherType: number;
}

/** The header at `at`, or undefined when it does not fit. */
export function parseEthernet(buffer: Uint8Array, at = 0, end = buffer.length): Ethernet | undefined {
  if (!checkEthernetLength(buffer, at, end)) return undefined;
  return {
    destination: buffer.subarray(at, at + ethernetField.source),
    source: buffer.subarray(at + ethernetField.source, at + ethernetField.etherType),
    etherType: ethernetEtherType(buffer, at),
  };
}

/** Bytes that {@link emitEthernet} writes. */
export function ethernetLength(_ethernet: Ethernet): number {
  return ethernetHeaderLength;
}

/** Writes the header at `at`. Frames are not padded to 60 bytes: what comes after is the caller's. */
export function emitEthernet(ethernet: Ethernet, buffer: Uint8Array, at: number): void {
  writeMac(buffer, at + ethernetField.destination, ethernet.destination);
  writeMac(buffer, at + ethernetField.source, ethernet.source);
  writeUint16(buffer, at + ethernetField.etherType, ethernet.etherType);
}

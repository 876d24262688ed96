import { InputError } from '../errors.js';

/** Length of an Ethernet address, bytes. */
export const macLength = 6;

export const broadcastMac: Uint8Array = Uint8Array.of(0xff, 0xff, 0xff, 0xff, 0xff, 0xff);
export const zeroMac: Uint8Array = new Uint8Array(macLength);

/**
 * `10.0.0.1` as an unsigned 32-bit number. Throws InputError for anything but four decimal numbers 0..255
 * without leading zeros, which some programs read as octal.
 */
export function parseIpv4Address(text: string): number {
  const parts = text.split('.');
  let address = 0;
  for (const part of parts) {
    const value = /^(0|[1-9]\d{0,2})$/.test(part) ? Number(part) : 256;
    if (value > 255 || parts.length !== 4) throw badAddress('IPv4 address', text, '192.0.2.1');
    address = address * 256 + value;
  }
  return address;
}

/** An unsigned 32-bit number as `10.0.0.1`. */
export function formatIpv4Address(address: number): string {
  return `${address >>> 24}.${(address >>> 16) & 255}.${(address >>> 8) & 255}.${address & 255}`;
}

/** `02:00:00:00:00:01` (colons or hyphens, either case) as 6 bytes. Throws InputError for anything else. */
export function parseMac(text: string): Uint8Array {
  if (!/^[0-9a-f]{2}([:-])([0-9a-f]{2}\1){4}[0-9a-f]{2}$/i.test(text)) {
    throw badAddress('Ethernet address', text, '02:00:00:00:00:01');
  }
  return Uint8Array.from(text.split(/[:-]/), (part) => Number.parseInt(part, 16));
}

/** 6 bytes at `at` as `02:00:00:00:00:01`. */
export function formatMac(bytes: Uint8Array, at = 0): string {
  return Array.from(bytes.subarray(at, at + macLength), (byte) => byte.toString(16).padStart(2, '0')).join(
    ':',
  );
}

/** The 6 bytes at `at` as a number below 2^48: a key for a switch's table that needs no allocation. */
export function macKey(buffer: Uint8Array, at: number): number {
  const high = (buffer[at]! << 8) | buffer[at + 1]!;
  const low =
    ((buffer[at + 2]! << 24) | (buffer[at + 3]! << 16) | (buffer[at + 4]! << 8) | buffer[at + 5]!) >>> 0;
  return high * 0x1_0000_0000 + low;
}

/** Bit 0 of the first byte: broadcast or multicast (IEEE 802-2014 section 8.2.2). */
export function isGroupMac(buffer: Uint8Array, at: number): boolean {
  return (buffer[at]! & 1) === 1;
}

export function writeMac(buffer: Uint8Array, at: number, mac: Uint8Array): void {
  for (let i = 0; i < macLength; i++) buffer[at + i] = mac[i]!;
}

function badAddress(what: string, found: string, example: string): InputError {
  const shown = found.length > 40 ? `${found.slice(0, 40)}…` : found;
  return new InputError(`expected an ${what}, found ${JSON.stringify(shown)}`, {
    remedy: `Write it as in ${example}.`,
  });
}

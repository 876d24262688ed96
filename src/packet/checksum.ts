import { readUint16 } from './bytes.js';

/**
 * Adds the 16-bit words of `buffer[at..end)` to `sum`, an odd last byte padded with zero (RFC 1071). The sum
 * is not folded, so that several areas can be added: up to 128 KiB in all stay exact.
 */
export function sumWords(buffer: Uint8Array, at: number, end: number, sum = 0): number {
  let total = sum;
  const even = end - ((end - at) & 1);
  for (let i = at; i < even; i += 2) total += (buffer[i]! << 8) | buffer[i + 1]!;
  return even < end ? total + (buffer[even]! << 8) : total;
}

/** Folds a sum below 2^32 to 16 bits in one's complement arithmetic. */
export function foldSum(sum: number): number {
  const once = (sum >>> 16) + (sum & 0xffff);
  return (once >>> 16) + (once & 0xffff);
}

/** The Internet checksum of `buffer[at..end)` (RFC 1071), 0..0xffff; 0 over an area that holds its own valid one. */
export function internetChecksum(buffer: Uint8Array, at = 0, end = buffer.length, sum = 0): number {
  return ~foldSum(sumWords(buffer, at, end, sum)) & 0xffff;
}

/** Unfolded sum of the IPv4 pseudo-header (RFC 9293 section 3.1, RFC 768); `length` is that of the segment, bytes. */
export function pseudoHeaderSum(
  source: number,
  destination: number,
  protocol: number,
  length: number,
): number {
  return (
    (source >>> 16) + (source & 0xffff) + (destination >>> 16) + (destination & 0xffff) + protocol + length
  );
}

/**
 * Checksum of the TCP or UDP segment `buffer[at..end)` with its pseudo-header: what to write where the field
 * was zeroed first, and 0 where the segment holds a valid one. Addresses are 32-bit numbers.
 */
export function transportChecksum(
  buffer: Uint8Array,
  at: number,
  end: number,
  source: number,
  destination: number,
  protocol: number,
): number {
  return internetChecksum(buffer, at, end, pseudoHeaderSum(source, destination, protocol, end - at));
}

/**
 * The checksum after one 16-bit word changed (RFC 1624 equation 3). Equal to a full recompute unless every
 * summed word is now zero, which no IPv4, TCP or UDP header with its pseudo-header is.
 */
export function updateChecksum(checksum: number, oldWord: number, newWord: number): number {
  return ~foldSum((~checksum & 0xffff) + (~oldWord & 0xffff) + (newWord & 0xffff)) & 0xffff;
}

/** {@link updateChecksum} for a 32-bit field on an even offset, such as an address or a sequence number. */
export function updateChecksum32(checksum: number, oldValue: number, newValue: number): number {
  const high = updateChecksum(checksum, oldValue >>> 16, newValue >>> 16);
  return updateChecksum(high, oldValue & 0xffff, newValue & 0xffff);
}

/** {@link patchChecksummed} for one byte, without an array. */
export function patchByte(
  buffer: Uint8Array,
  base: number,
  checksumAt: number,
  at: number,
  byte: number,
): void {
  const shift = (at - base) & 1 ? 0 : 8;
  const before = readUint16(buffer, checksumAt);
  const checksum = updateChecksum(before, buffer[at]! << shift, (byte & 0xff) << shift);
  buffer[at] = byte;
  buffer[checksumAt] = checksum >>> 8;
  buffer[checksumAt + 1] = checksum;
}

/**
 * Writes `bytes` at `at` inside an area that starts at `base` and mends the 16-bit checksum at `checksumAt`
 * incrementally, so that a checksum that was wrong stays wrong by the same amount. `at` may be odd, as TCP
 * option values are. The written bytes must lie in the area and not on the checksum itself. A UDP checksum of 0
 * means that there is none to mend: do not call this for one.
 */
export function patchChecksummed(
  buffer: Uint8Array,
  base: number,
  checksumAt: number,
  at: number,
  bytes: ArrayLike<number>,
): void {
  for (let i = 0; i < bytes.length; i++) patchByte(buffer, base, checksumAt, at + i, bytes[i]!);
}

/** Network byte order (big-endian) reads and writes; none allocates. The caller has checked the bounds. */

export function readUint16(buffer: Uint8Array, at: number): number {
  return (buffer[at]! << 8) | buffer[at + 1]!;
}

export function readUint32(buffer: Uint8Array, at: number): number {
  return ((buffer[at]! << 24) | (buffer[at + 1]! << 16) | (buffer[at + 2]! << 8) | buffer[at + 3]!) >>> 0;
}

export function writeUint16(buffer: Uint8Array, at: number, value: number): void {
  buffer[at] = value >>> 8;
  buffer[at + 1] = value;
}

export function writeUint32(buffer: Uint8Array, at: number, value: number): void {
  buffer[at] = value >>> 24;
  buffer[at + 1] = value >>> 16;
  buffer[at + 2] = value >>> 8;
  buffer[at + 3] = value;
}

/** Bytes kept as they were found, because nothing here gives them a structure. */
export interface Raw {
  readonly bytes: Uint8Array;
  /** Where they were found, counted in the buffer that was parsed; emit places bytes by order and ignores it. */
  readonly offset?: number | undefined;
}

/** `buffer[at..end)` as {@link Raw}, a view and not a copy; undefined when there is nothing. */
export function rawBytes(buffer: Uint8Array, at: number, end: number): Raw | undefined {
  return at < end ? { bytes: buffer.subarray(at, end), offset: at } : undefined;
}

/** Header lengths on the wire count 32-bit words. */
export function paddedToWord(length: number): number {
  return (length + 3) & ~3;
}

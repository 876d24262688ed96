import { createHash, type Hash } from 'node:crypto';

/** Footer entry that holds the SHA-256 of the file, computed with zeros in its own place. */
export const sealKey = 'stackbed.sha256';
export const openSeal = '0'.repeat(64);

/** Thrift's compact protocol puts the value's field header and its length, a byte each, behind the key. */
const fromKeyToValue = sealKey.length + 2;

/** Where the digest lies in a file or in its footer, or -1. */
export function sealAt(file: Buffer): number {
  const key = file.lastIndexOf(sealKey);
  return key < 0 ? -1 : key + fromKeyToValue;
}

function digest(file: Buffer, at: number): string {
  const hash = createHash('sha256').update(file.subarray(0, at)).update(openSeal);
  return hash.update(file.subarray(at + openSeal.length)).digest('hex');
}

/** Writes the digest over the open seal of a Parquet file, in place. */
export function seal(bytes: Uint8Array): void {
  sealWith(bytes, createHash('sha256'));
}

/** {@link seal} for the end of a file, the footer in it, when `before` has taken in all that stands before that. */
export function sealWith(bytes: Uint8Array, before: Hash): void {
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  const at = sealAt(file);
  if (file.toString('latin1', at, at + openSeal.length) !== openSeal)
    throw new Error('the Parquet footer has no open seal where it should be');
  file.write(before.update(bytes).digest('hex'), at, 'latin1');
}

/**
 * True for a file whose seal does not fit it. Parquet's pages need no checksum, and a reader may spin for
 * hours on a page that promises a billion values: so this is asked first. A file without a seal is not judged.
 */
export function isSealBroken(file: Buffer): boolean {
  const at = sealAt(file);
  return at >= 0 && file.toString('latin1', at, at + openSeal.length) !== digest(file, at);
}

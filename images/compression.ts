import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { execa } from 'execa';
import xz from 'xz-decompress';
import { CapabilityError } from '../src/errors.js';
import { withTemporaryFolder } from './temporary-folder.js';

const legacyMagic = 0x184c2102;
const minimumMatch = 4;

/** A length of 15 (or, after that, bytes of 255) goes on in the next byte. */
function extend(input: Buffer, at: number, length: number): { length: number; at: number } {
  if (length !== 15) return { length, at };
  let total = length;
  for (let position = at; ; position++) {
    total += input[position]!;
    if (input[position] !== 255) return { length: total, at: position + 1 };
  }
}

function unpackBlock(input: Buffer, output: Buffer, start: number): number {
  let to = start;
  for (let at = 0; at < input.length; ) {
    const token = input[at]!;
    const literals = extend(input, at + 1, token >> 4);
    input.copy(output, to, literals.at, literals.at + literals.length);
    to += literals.length;
    at = literals.at + literals.length;
    if (at >= input.length) break;
    const distance = input.readUInt16LE(at);
    const match = extend(input, at + 2, token & 15);
    at = match.at;
    // Byte by byte: a match may overlap what it is copying.
    for (let left = match.length + minimumMatch; left > 0; left--, to++) output[to] = output[to - distance]!;
  }
  return to;
}

/** Unpacks LZ4's legacy frame, the form that Linux kernels use (lz4_Frame_format.md, "Legacy frame"). */
export function unpackLegacyLz4(input: Buffer, size: number): Buffer {
  const output = Buffer.alloc(size);
  let to = 0;
  for (let at = 4; at + 4 <= input.length; ) {
    const length = input.readUInt32LE(at);
    to = unpackBlock(input.subarray(at + 4, at + 4 + length), output, to);
    at += 4 + length;
  }
  return output.subarray(0, to);
}

export async function unpackXz(input: Uint8Array<ArrayBuffer>): Promise<Buffer> {
  const stream = new xz.XzReadableStream(new Blob([input]).stream());
  return Buffer.from(await new Response(stream).arrayBuffer());
}

/**
 * Node 20 has no Zstandard, and xz-decompress none of the filters for machine code that 32-bit kernels are packed with;
 * apt, which is there if a kernel could be downloaded, has both.
 */
async function unpackWithApt(input: Buffer, folder: string, extension: 'zst' | 'xz'): Promise<Buffer> {
  return withTemporaryFolder(folder, async (temporary) => {
    const file = join(temporary, `payload.${extension}`);
    await writeFile(file, input);
    const args = ['cat-file', file];
    const result = await execa('/usr/lib/apt/apt-helper', args, { encoding: 'buffer', reject: false });
    if (!result.failed) return Buffer.from(result.stdout);
    throw new CapabilityError(`apt cannot unpack the kernel: ${result.shortMessage}`);
  });
}

/**
 * Unpacks data in any of the formats that Linux kernels come in; undefined for another format.
 *
 * @param size of the unpacked data in bytes
 * @param folder for a temporary file
 */
export async function unpackKernelData(
  input: Buffer,
  size: number,
  folder: string,
): Promise<Buffer | undefined> {
  const magic = input.subarray(0, 6).toString('hex');
  if (magic.startsWith('1f8b')) return gunzipSync(input);
  if (magic.startsWith('28b52ffd')) return unpackWithApt(input, folder, 'zst');
  if (magic === 'fd377a585a00') return unpackWithApt(input, folder, 'xz');
  if (input.readUInt32LE(0) === legacyMagic) return unpackLegacyLz4(input, size);
  return undefined;
}

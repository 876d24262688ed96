import { spawnSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { unpackLegacyLz4 } from '../../images/compression.js';
import { bootableKernel } from '../../images/kernel.js';
import { randomStream } from '../../src/random.js';
import { elf64 } from './elf.js';

const has = (program: string) => spawnSync(program, ['--version']).status === 0;

/** A bzImage with `payload` (compressed, its unpacked size appended) after one sector of setup. */
function bzImage(payload: Buffer, unpackedSize: number): Buffer {
  const image = Buffer.alloc(2048);
  image[0x1f1] = 1;
  image.write('HdrS', 0x202, 'latin1');
  image.writeUInt32LE(1024, 0x248);
  image.writeUInt32LE(payload.length + 4, 0x24c);
  const size = Buffer.alloc(4);
  size.writeUInt32LE(unpackedSize);
  return Buffer.concat([image, payload, size, Buffer.alloc(64)]);
}

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'stackbed-kernel-'));
});
afterEach(() => rm(folder, { recursive: true }));

/** Some bytes at random, some repeated: literals and matches, short and long. */
function sample(): Buffer {
  const random = randomStream(1, 'kernel-test');
  const pieces = Array.from({ length: 400 }, () => {
    const piece = Buffer.from(Array.from({ length: 1 + random.below(40) }, () => random.below(256)));
    return Buffer.concat(Array(1 + random.below(random.below(10) === 0 ? 900 : 3)).fill(piece));
  });
  return Buffer.concat(pieces);
}

describe('unpackLegacyLz4', () => {
  it('copies literals, then matches that overlap themselves', () => {
    // Token: 3 literals, a match of 4 + 15 + 2 bytes at distance 3; then 5 last literals.
    const block = Buffer.from([0x3f, ...Buffer.from('abc'), 3, 0, 2, 0x50, ...Buffer.from('final')]);
    const frame = Buffer.concat([
      Buffer.from('02214c18', 'hex'),
      Buffer.from([block.length, 0, 0, 0]),
      block,
    ]);
    expect(unpackLegacyLz4(frame, 29).toString()).toBe(`${'abc'.repeat(8)}final`);
  });

  it.skipIf(!has('lz4'))('unpacks what lz4(1) packs', () => {
    const data = sample();
    const packed = spawnSync('lz4', ['-l', '-9', '-c'], { input: data, maxBuffer: 1e9 }).stdout;
    expect(unpackLegacyLz4(packed, data.length).equals(data)).toBe(true);
  });
});

describe('bootableKernel', () => {
  const kernel = elf64({ '.text': 'x'.repeat(5000) }, { owner: 'Xen', type: 18 });

  it('unpacks a kernel that PVH can enter', async () => {
    const image = bzImage(gzipSync(kernel), kernel.length);
    expect((await bootableKernel(image, folder)).equals(kernel)).toBe(true);
  });

  it('leaves alone a kernel without that entry, one packed in another way, and what is no bzImage', async () => {
    const plain = elf64({ '.text': 'x' }, { owner: 'Xen', type: 17 });
    for (const image of [
      bzImage(gzipSync(plain), plain.length),
      bzImage(Buffer.from('LZO?'.repeat(99)), kernel.length),
      Buffer.from('MZ'.padEnd(4096, '\0')),
      Buffer.from('short'),
    ]) {
      expect((await bootableKernel(image, folder)).equals(image)).toBe(true);
    }
  });

  it.skipIf(!has('zstd') || !has('apt-get'))('unpacks Zstandard, which newer kernels use', async () => {
    const packed = spawnSync('zstd', ['-c'], { input: kernel }).stdout;
    expect((await bootableKernel(bzImage(packed, kernel.length), folder)).equals(kernel)).toBe(true);
  });
});

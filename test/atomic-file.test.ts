import { mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { writeFileAtomic } from '../src/atomic-file.js';

let folder: string;
let path: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'atomic-'));
  path = join(folder, 'result.json');
});

afterEach(() => rm(folder, { recursive: true }));

/** Data that ends in an error after its first piece, as a full disk does. */
async function* failingData() {
  yield 'the first half of';
  throw new Error('no space left');
}

describe('writeFileAtomic', () => {
  it('writes text and bytes, and leaves nothing beside them', async () => {
    await writeFileAtomic(path, 'höllo');
    expect(await readFile(path, 'utf8')).toBe('höllo');
    await writeFileAtomic(path, Uint8Array.of(0, 255, 10).subarray(1));
    expect([...(await readFile(path))]).toEqual([255, 10]);
    await writeFileAtomic(path, '');
    expect(await readFile(path, 'utf8')).toBe('');
    expect(await readdir(folder)).toEqual(['result.json']);
  });

  it('keeps the old file whole, and no temporary one, when writing fails half way', async () => {
    await writeFileAtomic(path, 'old');
    const data = failingData() as unknown as string;
    await expect(writeFileAtomic(path, data)).rejects.toThrow('no space left');
    expect(await readFile(path, 'utf8')).toBe('old');
    expect(await readdir(folder)).toEqual(['result.json']);
  });

  it('leaves no temporary file when the name cannot be taken', async () => {
    await mkdir(path);
    await expect(writeFileAtomic(path, 'text')).rejects.toThrow(/EISDIR|ENOTEMPTY|EEXIST/);
    expect(await readdir(folder)).toEqual(['result.json']);
  });

  it('throws what the system says where the folder is missing', async () => {
    await expect(writeFileAtomic(join(folder, 'missing', 'x'), 'text')).rejects.toThrow('ENOENT');
    expect(await readdir(folder)).toEqual([]);
  });

  it('never shows a reader half a file, nor one mixed from two writers', async () => {
    const whole = ['a', 'b', 'c'].map((letter) => letter.repeat(200_000));
    await writeFileAtomic(path, whole[0]!);
    let writing = true;
    const writers = whole.map(async (text) => {
      for (let round = 0; round < 15; round++) await writeFileAtomic(path, text);
    });
    const written = Promise.all(writers).finally(() => {
      writing = false;
    });
    let seen = 0;
    while (writing) {
      const text = await readFile(path, 'utf8');
      if (!whole.includes(text)) expect.fail(`read ${text.length} characters that nobody wrote`);
      seen++;
    }
    await written;
    expect(seen).toBeGreaterThan(5);
    expect(await readdir(folder)).toEqual(['result.json']);
  });
});

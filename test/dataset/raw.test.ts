import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeParquet } from '../../src/dataset/parquet.js';
import { RawResponses, readRaw, writeRaw } from '../../src/dataset/raw.js';
import { InputError } from '../../src/errors.js';

let folder: string;
let path: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'raw-'));
  path = join(folder, 'responses.parquet');
});
afterAll(() => rm(folder, { recursive: true }));

const listed = (raw: RawResponses) =>
  Array.from({ length: raw.probes * raw.copies }, (_, index) => {
    const frame = raw.frame(Math.floor(index / raw.copies), index % raw.copies);
    return frame && { frame: Buffer.from(frame).toString('hex'), receivedMs: raw.receivedMs[index] };
  });

describe('RawResponses', () => {
  it('keeps the first answer of each copy, as a copy', () => {
    const raw = new RawResponses(2, 2);
    const frame = Uint8Array.of(1, 2, 3);
    expect(raw.add(1, 0, frame, 5)).toBe(true);
    expect(raw.add(1, 0, Uint8Array.of(9), 6)).toBe(false);
    frame.fill(0);
    expect([raw.has(1, 0), raw.has(0, 1), raw.has(1, 1)]).toEqual([true, false, false]);
    expect([...raw.frame(1, 0)!]).toEqual([1, 2, 3]);
    expect(raw.frame(0, 1)).toBeUndefined();
    expect(raw.receivedMs[2]).toBe(5);
  });

  it('grows past its first buffer, and past any frame', () => {
    const raw = new RawResponses(4, 1);
    for (const probe of [0, 1, 2, 3]) raw.add(probe, 0, new Uint8Array(60_000).fill(probe + 1), 0);
    for (const probe of [0, 1, 2, 3]) {
      const frame = raw.frame(probe, 0)!;
      expect([frame.length, frame[0], frame.at(-1)]).toEqual([60_000, probe + 1, probe + 1]);
    }
    const large = new RawResponses(1, 1);
    large.add(0, 0, new Uint8Array(300_000).fill(7), 0);
    expect(large.frame(0, 0)!.at(-1)).toBe(7);
  });
});

describe('responses.parquet', () => {
  it('gives back what was written', async () => {
    const answer = fc.option(
      fc.record({
        frame: fc.uint8Array({ minLength: 1, maxLength: 120 }),
        us: fc.nat(10_000_000_000),
      }),
      { nil: undefined },
    );
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 4 }),
        fc.array(answer, { maxLength: 24 }),
        async (copies, all) => {
          const raw = new RawResponses(Math.max(1, Math.ceil(all.length / copies)), copies);
          for (const [index, given] of all.entries())
            if (given) raw.add(Math.floor(index / copies), index % copies, given.frame, given.us / 1000);
          await writeRaw(path, raw);
          const read = await readRaw(path);
          expect([read.probes, read.copies]).toEqual([raw.probes, raw.copies]);
          expect(listed(read)).toEqual(listed(raw));
        },
      ),
      { numRuns: 40 },
    );
  });

  it('keeps a machine that said nothing at all', async () => {
    await writeRaw(path, new RawResponses(3, 2));
    const read = await readRaw(path);
    expect([read.probes, read.copies]).toEqual([3, 2]);
    expect(listed(read)).toEqual(Array(6).fill(undefined));
  });

  it('is the same file for the same responses', async () => {
    const raw = new RawResponses(2, 1);
    raw.add(1, 0, Uint8Array.of(1, 2), 3.5);
    await writeRaw(path, raw);
    const first = await readFile(path);
    await writeRaw(path, await readRaw(path));
    expect((await readFile(path)).equals(first)).toBe(true);
    expect(await readdir(folder)).toEqual(['responses.parquet']);
  });
});

describe('a file that is not what it should be', () => {
  const expectRefused = async (what: string) => {
    const error = await readRaw(path).catch((thrown: unknown) => thrown);
    expect(error, what).toBeInstanceOf(InputError);
    expect((error as InputError).message).toContain(path);
    expect((error as InputError).remedy).toContain('--resume');
  };

  it('is refused when it is missing, empty or another kind of file', async () => {
    await rm(path, { force: true });
    await expectRefused('missing');
    for (const content of ['', 'PAR1', 'not a table\n'.repeat(100), 'PAR1'.repeat(50)]) {
      await writeFile(path, content);
      await expectRefused(JSON.stringify(content.slice(0, 20)));
    }
  });

  it('is refused when it was cut off anywhere', async () => {
    const raw = new RawResponses(5, 2);
    for (let probe = 0; probe < 5; probe++) raw.add(probe, 0, new Uint8Array(60).fill(probe), probe);
    await writeRaw(path, raw);
    const whole = await readFile(path);
    for (let length = 0; length < whole.length; length += 7) {
      await writeFile(path, whole.subarray(0, length));
      await expectRefused(`cut after ${length} bytes`);
    }
  });

  it('is refused when any byte of its pages changed', async () => {
    const raw = new RawResponses(5, 2);
    for (let probe = 0; probe < 5; probe++) raw.add(probe, 0, new Uint8Array(60).fill(probe), probe);
    await writeRaw(path, raw);
    const whole = await readFile(path);
    const pages = whole.lastIndexOf('stackbed.sha256');
    await fc.assert(
      fc.asyncProperty(fc.nat(pages - 1), fc.integer({ min: 1, max: 255 }), async (at, change) => {
        const damaged = Buffer.from(whole);
        damaged[at]! ^= change;
        await writeFile(path, damaged);
        await expectRefused(`byte ${at} changed by ${change}`);
      }),
      { numRuns: 200 },
    );
  });

  const columns = (probe: number, copy: number) => [
    { name: 'probe', data: [probe], type: 'INT32' as const },
    { name: 'copy', data: [copy], type: 'INT32' as const },
    { name: 'received_us', data: [1n], type: 'INT64' as const },
    { name: 'frame', data: [Uint8Array.of(1)], type: 'BYTE_ARRAY' as const },
  ];

  it('is refused when it is a table of something else', async () => {
    const counts = { probes: '2', copies: '2' };
    const tables: [string, Parameters<typeof writeParquet>[1], Record<string, string>][] = [
      ['no footer', columns(0, 0), {}],
      ['no number', columns(0, 0), { probes: 'many', copies: '2' }],
      ['no copies', columns(0, 0), { probes: '2', copies: '0' }],
      ['too many', columns(0, 0), { probes: '1000000000', copies: '200' }],
      ['negative', columns(0, 0), { probes: '-2', copies: '-2' }],
      ['other columns', [{ name: 'x', data: [1, 2], type: 'INT32' }], counts],
      ['probe beyond', columns(2, 0), counts],
      ['copy beyond', columns(0, 2), counts],
      ['probe below', columns(-1, 0), counts],
      ['no frame', columns(0, 0).slice(0, 3), counts],
      ['text frame', [...columns(0, 0).slice(0, 3), { name: 'frame', data: ['x'], type: 'STRING' }], counts],
    ];
    await writeParquet(path, columns(1, 1), counts);
    await readRaw(path);
    for (const [what, table, metadata] of tables) {
      await writeParquet(path, table, metadata);
      await expectRefused(what);
    }
  });
});

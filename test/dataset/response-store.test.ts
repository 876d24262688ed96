import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readRaw } from '../../src/dataset/raw.js';
import { ResponseWriter } from '../../src/dataset/response-writer.js';
import { ShapeTable } from '../../src/dataset/shape-table.js';
import { InputError } from '../../src/errors.js';
import {
  answer,
  copies,
  frames,
  indexOf,
  probes,
  type Response,
  someResponses,
  unreachable,
} from './responses.js';

let root: string;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'responses-'));
});
afterAll(() => rm(root, { recursive: true }));

let folders = 0;
async function store(responses: readonly Response[]): Promise<string> {
  const folder = await mkdtemp(join(root, `${folders++}-`));
  using writer = new ResponseWriter(folder, frames, copies);
  for (const { probe, copy, frame, ms } of responses) writer.add(probe, copy, frame, ms);
  await writer.finish();
  return join(folder, 'responses.parquet');
}

const listed = (raw: Awaited<ReturnType<typeof readRaw>>) =>
  Array.from({ length: raw.probes * raw.copies }, (_, index) => {
    const frame = raw.frame(Math.floor(index / raw.copies), index % raw.copies);
    return frame && { frame: Buffer.from(frame).toString('hex'), ms: raw.receivedMs[index] };
  });

function expected(responses: readonly Response[]) {
  const all = new Array<{ frame: string; ms: number } | undefined>(frames.length * copies).fill(undefined);
  for (const { probe, copy, frame, ms } of responses)
    all[probe * copies + copy] ??= { frame: Buffer.from(frame).toString('hex'), ms };
  return all;
}

describe('the store of responses', () => {
  it('gives back every frame to the byte, of whatever bytes it is', async () => {
    await fc.assert(
      fc.asyncProperty(someResponses(60), async (responses) => {
        expect(listed(await readRaw(await store(responses), () => frames))).toEqual(expected(responses));
      }),
      { numRuns: 150 },
    );
  });

  it('gives back frames whose single bytes were changed anywhere', async () => {
    for (const make of [
      (index: number) => answer(probes[5]!, index, 0x0102_0304),
      (index: number) => unreachable(5, index),
    ]) {
      const whole = make(indexOf(5, 0));
      for (let at = 0; at < whole.length; at += 1) {
        const responses = [1, 0x80, 0xff].map((bit, copy) => {
          const frame = make(indexOf(5, copy));
          frame[at]! ^= bit;
          return { probe: 5, copy, ms: at, frame };
        });
        expect(listed(await readRaw(await store(responses), () => frames))).toEqual(expected(responses));
      }
    }
  });

  it('takes less than 16 bytes a response where they follow from their probes', async () => {
    const all = Array.from({ length: frames.length * copies }, (_, index) => {
      const probe = index % frames.length;
      return {
        probe,
        copy: Math.floor(index / frames.length),
        ms: index / 10,
        frame: answer(probes[probe]!, index, 0),
      };
    });
    const one = (await readFile(await store(all.slice(0, 20)))).length;
    const whole = (await readFile(await store(all))).length;
    expect((whole - one) / (all.length - 20)).toBeLessThan(8);
  });

  it('keeps what no longer fits its dictionary', () => {
    const table = new ShapeTable();
    for (let id = 0; id < ShapeTable.most; id++) table.id(0, Uint8Array.of(id, id >>> 8));
    expect(table.size).toBe(ShapeTable.most);
    expect(table.id(0, Uint8Array.of(1, 2, 3))).toBe(-1);
    expect(table.id(0, Uint8Array.of(7, 1))).toBe(263);
  });

  it('refuses other probes, another form and a dictionary that is gone', async () => {
    const path = await store([{ probe: 1, copy: 1, ms: 1, frame: answer(probes[1]!, indexOf(1, 1), 9) }]);
    const refused = async (why: string, sent = frames) => {
      const error = await readRaw(path, () => sent).catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(InputError);
      expect((error as InputError).message).toContain(why);
    };
    await readRaw(path, () => frames);
    await refused('other probes', frames.slice(1));
    const dictionary = join(path, '..', 'shapes.parquet');
    const whole = await readFile(dictionary);
    whole[8]! ^= 1;
    await writeFile(dictionary, whole);
    await refused('damaged');
    await rm(dictionary);
    await refused('shapes.parquet');
  });
});

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readRaw } from '../../src/dataset/raw.js';
import { type ResponseColumns, readResponseColumns } from '../../src/dataset/response-columns.js';
import { ResponseWriter } from '../../src/dataset/response-writer.js';
import { ShapeFields } from '../../src/dataset/shape-fields.js';
import { type FieldReader, fieldsOfFrames, summarize } from '../../src/dataset/summarize.js';
import { TextTable } from '../../src/dataset/texts.js';
import { fields } from '../../src/probe/fields.js';
import { readFields } from '../../src/probe/read-fields.js';
import { answer, copies, frames, indexOf, probes, type Response, someResponses } from './responses.js';

let root: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'shape-fields-'));
});
afterAll(() => rm(root, { recursive: true }));

async function stored(responses: readonly Response[]) {
  const folder = await mkdtemp(join(root, 'machine-'));
  using writer = new ResponseWriter(folder, frames, copies);
  for (const { probe, copy, frame, ms } of responses) writer.add(probe, copy, frame, ms);
  await writer.finish();
  const path = join(folder, 'responses.parquet');
  const columns = await readResponseColumns(path, () => frames);
  return { columns: columns as ResponseColumns, raw: await readRaw(path, () => frames) };
}

/** The fields of every copy by a way of reading, texts written out; null for silence. */
function everyField(texts: TextTable, read: (probe: number, copy: number, out: Float64Array) => boolean) {
  return Array.from({ length: probes.length * copies }, (_, place) => {
    const out = new Float64Array(fields.length).fill(Number.NaN);
    if (!read(Math.floor(place / copies), place % copies, out)) return null;
    return Array.from(out, (value, index) =>
      fields[index]!.kind === 'text' && value >= 0 ? texts.texts[value] : value,
    );
  });
}

describe('fields of stored responses', () => {
  it('are those of their frames, whatever the responses are', async () => {
    await fc.assert(
      fc.asyncProperty(someResponses(200), async (responses) => {
        const { columns, raw } = await stored(responses);
        const texts = new TextTable();
        const reader: FieldReader = (frame, out, at) => readFields(frame, out, at, texts);
        const short = new ShapeFields(columns, reader, fields.length);
        const long = fieldsOfFrames(raw, reader);
        expect(everyField(texts, (...at) => short.read(...at, 0))).toEqual(
          everyField(texts, (...at) => long.read(...at, 0)),
        );
      }),
      { numRuns: 60 },
    );
  });

  it('are those of their frames when any byte of a response is another', async () => {
    const flips = Array.from({ length: 80 }, (_, at) => [1, 0x20, 0xff].map((bit) => ({ at, bit }))).flat();
    const texts = new TextTable();
    const reader: FieldReader = (frame, out, at) => readFields(frame, out, at, texts);
    for (let next = 0; next < flips.length; next += probes.length * copies) {
      const responses = flips.slice(next, next + probes.length * copies).map(({ at, bit }, place) => {
        const [probe, copy] = [Math.floor(place / copies), place % copies];
        const frame = answer(probes[probe]!, indexOf(probe, copy), 0x0102_0304, at % 5);
        if (at < frame.length) frame[at]! ^= bit;
        return { probe, copy, ms: at, frame };
      });
      const { columns, raw } = await stored(responses);
      const short = new ShapeFields(columns, reader, fields.length);
      const long = fieldsOfFrames(raw, reader);
      expect(everyField(texts, (...place) => short.read(...place, 0))).toEqual(
        everyField(texts, (...place) => long.read(...place, 0)),
      );
    }
  });

  it('read a frame of each shape, and no more of those that repeat', async () => {
    const responses = probes.flatMap((probe, at) =>
      Array.from({ length: copies }, (_, copy) => ({
        ...{ probe: at, copy, ms: at },
        frame: answer(probe, indexOf(at, copy), 1000 * copy),
      })),
    );
    const { columns } = await stored(responses);
    const texts = new TextTable();
    let read = 0;
    const reader: FieldReader = (frame, out, at) => {
      read++;
      readFields(frame, out, at, texts);
    };
    const { summary } = summarize({
      ...{ machine: 'm', fields: fields.length, texts },
      answers: new ShapeFields(columns, reader, fields.length),
    });
    expect([...summary.answers]).toEqual(probes.map(() => copies));
    expect(read).toBe(columns.shapes.bodies.length);
    expect(read).toBeLessThan(probes.length);
  });
});

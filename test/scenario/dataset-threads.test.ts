import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { InputError } from '../../src/errors.js';
import { type ReadOptions, readDataset } from '../../src/scenario/dataset.js';
import { sentFrames } from '../../src/scenario/probe-set.js';
import type { RunFolder } from '../../src/scenario/run-folder.js';
import { recordRun } from './recorded-run.js';

const ids = ['one', 'two', 'three', 'four', 'five'];
let root: string;
let run: RunFolder;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'threads-'));
  const text =
    'machines: [{image: linux-6.12+deb13}]\nprobes: {count: 60, copies: 3}\npath: {reverse: [{loss: 10%}]}\n';
  run = await recordRun(root, text, ids);
});
afterAll(() => rm(root, { recursive: true }));

async function read(options: ReadOptions) {
  const { scenario } = await run.readScenario();
  const records = await Promise.all(ids.map(async (id) => (await run.readRecord(id))!));
  return readDataset(run, records, scenario.probes.copies, await sentFrames(run, scenario), options);
}

describe('reading machines in threads', () => {
  it('gives the dataset that one thread gives, however many there are', async () => {
    const one = await read({ threads: 1 });
    for (const threads of [2, 3, 9]) {
      const several = await read({ threads });
      expect(several.digest).toBe(one.digest);
      expect(several.determinism).toEqual(one.determinism);
      expect([...several.letters]).toEqual([...one.letters]);
      for (const [place, { machine, values, answers, texts }] of several.summaries.entries()) {
        const same = one.summaries[place]!;
        expect([machine, [...answers], texts]).toEqual([same.machine, [...same.answers], same.texts]);
        expect(values).toEqual(same.values);
      }
    }
  });

  it('tells of a damaged file as one thread does', async () => {
    const path = run.file(join('machines', 'four', 'responses.parquet'));
    const whole = await readFile(path);
    await writeFile(
      path,
      whole.map((byte, at) => (at === 9 ? byte ^ 1 : byte)),
    );
    try {
      const told = [];
      for (const threads of [1, 3]) {
        const error = await read({ threads }).catch((thrown: unknown) => thrown);
        expect(error).toBeInstanceOf(InputError);
        told.push([(error as InputError).message, (error as InputError).remedy]);
      }
      expect(told[0]![0]).toContain(path);
      expect(told[1]).toEqual(told[0]);
    } finally {
      await writeFile(path, whole);
    }
  });

  it('stops with the reason of the one who stops it', async () => {
    for (const threads of [1, 3]) {
      await expect(read({ threads, signal: AbortSignal.abort(new Error('enough')) })).rejects.toThrow(
        'enough',
      );
      const control = new AbortController();
      const reading = read({ threads, signal: control.signal });
      setImmediate(() => control.abort(new Error('enough of it')));
      await expect(reading).rejects.toThrow('enough of it');
    }
  });
});

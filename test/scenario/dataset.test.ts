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
  root = await mkdtemp(join(tmpdir(), 'dataset-'));
  const text =
    'machines: [{image: linux-6.12+deb13}]\nprobes: {count: 60, copies: 3}\npath: {reverse: [{loss: 10%}]}\n';
  run = await recordRun(root, text, ids);
});
afterAll(() => rm(root, { recursive: true }));

async function read(options: ReadOptions = {}) {
  const { scenario } = await run.readScenario();
  const records = await Promise.all(ids.map(async (id) => (await run.readRecord(id))!));
  return readDataset(run, records, scenario.probes.copies, await sentFrames(run, scenario), options);
}

describe('reading the machines of a run', () => {
  it('names a damaged file', async () => {
    const path = run.file(join('machines', 'four', 'responses.parquet'));
    const whole = await readFile(path);
    await writeFile(
      path,
      whole.map((byte, at) => (at === 9 ? byte ^ 1 : byte)),
    );
    try {
      const error = await read().catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(InputError);
      expect((error as InputError).message).toContain(path);
    } finally {
      await writeFile(path, whole);
    }
  });

  it('stops with the reason of the one who stops it', async () => {
    const control = new AbortController();
    const reading = read({ signal: control.signal });
    setImmediate(() => control.abort(new Error('enough of it')));
    await expect(reading).rejects.toThrow('enough of it');
  });
});

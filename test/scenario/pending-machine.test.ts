import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ResponseWriter } from '../../src/dataset/response-writer.js';
import { probeFrame } from '../../src/probe/probe.js';
import { probeSet } from '../../src/scenario/probe-set.js';
import { parseScenario } from '../../src/scenario/read.js';
import { RunFolder } from '../../src/scenario/run-folder.js';

const { scenario } = parseScenario(
  'machines: [{image: linux-6.12}]\nprobes: {count: 300, copies: 100}\n',
  'pending.scenario.yaml',
);
const frames = probeSet(scenario).map((probe) => probeFrame(probe, { open: 22, closed: 81 }));
let root: string;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'pending-'));
});
afterAll(() => rm(root, { recursive: true }));

/** Stores more than a row group, so that some of it is on the disk. */
function fill(writer: ResponseWriter): void {
  for (let copy = 0; copy < 100; copy++)
    for (const [probe, frame] of frames.entries()) writer.add(probe, copy, frame, copy);
}

describe('a machine in the middle of its responses', () => {
  it('leaves nothing that a resumed run takes for a result when the process dies', async () => {
    const folder = await RunFolder.create(root, scenario, new Date(0));
    const pending = await folder.beginMachine('m');
    using writer = new ResponseWriter(pending.path, frames, 100);
    fill(writer);
    expect(await readdir(folder.file('machines'))).toHaveLength(1);
    // What a killed process does is nothing: the next session finds the folder as it is.
    expect(await folder.readRecord('m')).toBeUndefined();
    await folder.sweep();
    expect(await readdir(folder.file('machines'))).toEqual([]);
  });

  it('leaves nothing when it fails, and all of it in one step when it does not', async () => {
    const folder = await RunFolder.create(root, scenario, new Date(1));
    const failing = async () => {
      await using pending = await folder.beginMachine('m');
      using writer = new ResponseWriter(pending.path, frames, 100);
      fill(writer);
      throw new Error('the machine died');
    };
    await expect(failing()).rejects.toThrow('the machine died');
    expect(await readdir(folder.file('machines'))).toEqual([]);
    await folder.commitMachine('m', async (at) => {
      using writer = new ResponseWriter(at, frames, 100);
      fill(writer);
      await writer.finish();
    });
    expect(await readdir(folder.file('machines'))).toEqual(['m']);
    expect((await readdir(folder.file('machines/m'))).sort()).toEqual([
      'responses.parquet',
      'shapes.parquet',
    ]);
  });
});

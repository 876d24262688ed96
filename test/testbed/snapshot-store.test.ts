import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, truncate, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CapabilityError } from '../../src/errors.js';
import { SnapshotStore } from '../../testbed/drivers/qemu/snapshot/store.js';

const mib = 2 ** 20;
const keyOf = (digit: string) => digit.repeat(64);

let folder: string;
let made: string[];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'stackbed-snapshots-'));
  made = [];
});
afterEach(() => rm(folder, { recursive: true }));

/** Takes the snapshot of a guest that is nothing but `sizeMib` of memory, and lets go of it. */
async function take(store: SnapshotStore, key: string, sizeMib = 1): Promise<string> {
  const snapshot = await store.obtain(key, sizeMib, undefined, async (memory) => {
    made.push(key);
    await writeFile(memory, Buffer.alloc(sizeMib * mib, key));
    return Buffer.from(`state of ${key}`);
  });
  const { bytesRead, buffer } = await snapshot.memory.read(Buffer.alloc(1), 0, 1, 0);
  await snapshot.memory.close();
  expect(bytesRead).toBe(1);
  return `${buffer.toString()} ${snapshot.state}`;
}

describe('SnapshotStore', () => {
  it('makes a snapshot once, however many want it at once', async () => {
    const store = new SnapshotStore(folder);
    const taken = await Promise.all([1, 2, 3].map(() => take(store, keyOf('a'))));
    expect(made).toEqual([keyOf('a')]);
    expect(new Set(taken)).toEqual(new Set([`a state of ${keyOf('a')}`]));
    expect(await readdir(folder)).toEqual([keyOf('a')]);
  });

  it.each([
    ['memory', (file: string) => truncate(file, 17)],
    ['state', (file: string) => writeFile(file, 'another state')],
    ['snapshot.json', (file: string) => writeFile(file, '{')],
  ])('makes one whose %s is damaged anew', async (name, damage) => {
    const store = new SnapshotStore(folder);
    await take(store, keyOf('a'));
    await damage(join(folder, keyOf('a'), name));
    expect(await take(store, keyOf('a'))).toBe(`a state of ${keyOf('a')}`);
    expect(made).toHaveLength(2);
  });

  it('leaves nothing of one that could not be made, and lets the next one try', async () => {
    const store = new SnapshotStore(folder);
    const broken = store.obtain(keyOf('a'), 1, undefined, async (memory) => {
      await writeFile(memory, 'half');
      throw new Error('the guest panicked');
    });
    await expect(broken).rejects.toThrow('the guest panicked');
    expect(await readdir(folder)).toEqual([]);
    await take(store, keyOf('a'));
  });

  it('removes the least recently used when its budget is spent', async () => {
    const store = new SnapshotStore(folder, 10);
    for (const digit of ['a', 'b', 'c']) await take(store, keyOf(digit), 3);
    const hourAgo = new Date(Date.now() - 3_600_000);
    for (const digit of ['b', 'c'])
      await utimes(join(folder, keyOf(digit), 'snapshot.json'), hourAgo, hourAgo);
    await take(store, keyOf('c'), 3);
    await take(store, keyOf('d'), 3);
    expect((await readdir(folder)).sort()).toEqual([keyOf('a'), keyOf('c'), keyOf('d')]);
  });

  it('removes those of an earlier boot of the host, whose clocks are no longer right', async () => {
    const store = new SnapshotStore(folder);
    await take(store, keyOf('a'));
    const file = join(folder, keyOf('a'), 'snapshot.json');
    const description = JSON.parse(await readFile(file, 'utf8'));
    await writeFile(file, JSON.stringify({ ...description, host: 'another boot' }));
    await take(store, keyOf('b'));
    expect(existsSync(join(folder, keyOf('a')))).toBe(false);
  });

  it('stays usable for who has it open when it is removed', async () => {
    const store = new SnapshotStore(folder);
    const snapshot = await store.obtain(keyOf('a'), 1, undefined, async (memory) => {
      await writeFile(memory, 'memory');
      return Buffer.from('state');
    });
    await store.discard(keyOf('a'));
    expect(await readFile(`/proc/self/fd/${snapshot.memory.fd}`, 'utf8')).toBe('memory');
    await snapshot.memory.close();
  });

  it('refuses a budget that is none', () => {
    const before = process.env.STACKBED_SNAPSHOT_MIB;
    process.env.STACKBED_SNAPSHOT_MIB = '4G';
    try {
      expect(() => new SnapshotStore(folder)).toThrow('STACKBED_SNAPSHOT_MIB is 4G');
    } finally {
      if (before === undefined) delete process.env.STACKBED_SNAPSHOT_MIB;
      else process.env.STACKBED_SNAPSHOT_MIB = before;
    }
  });

  it('says so when there is no room', async () => {
    const store = new SnapshotStore(folder, 10, async () => 0);
    const error = await take(store, keyOf('a')).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(CapabilityError);
    expect((error as CapabilityError).message).toContain(`needs 1 MiB in ${folder}, where 0 MiB are free`);
    expect(made).toEqual([]);
  });
});

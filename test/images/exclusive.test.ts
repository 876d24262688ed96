import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { exclusively } from '../../images/exclusive.js';
import { withTemporaryFolder } from '../../images/temporary-folder.js';
import { InterruptedError } from '../../src/errors.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'stackbed-exclusive-'));
});
afterEach(() => rm(folder, { recursive: true }));

/** The id of a process that has ended. */
async function deadProcess(): Promise<number> {
  const child = spawn('true');
  await once(child, 'exit');
  return child.pid!;
}

describe('exclusively', () => {
  it('lets one caller in at a time, and all in the end', async () => {
    let inside = 0;
    let most = 0;
    const work = async () => {
      most = Math.max(most, ++inside);
      await sleep(5);
      inside--;
    };
    await Promise.all(Array.from({ length: 5 }, () => exclusively(join(folder, 'lock'), {}, work)));
    expect(most).toBe(1);
    expect(await readdir(folder)).toEqual([]);
  });

  it('gives the lock back when the work fails', async () => {
    const fail = () => Promise.reject(new Error('no'));
    await expect(exclusively(join(folder, 'lock'), {}, fail)).rejects.toThrow('no');
    expect(await exclusively(join(folder, 'lock'), {}, async () => 'next')).toBe('next');
  });

  it('breaks the lock of a process that is gone, and of one whose id was used again', async () => {
    await writeFile(join(folder, 'lock'), `${await deadProcess()} 12345 token`);
    expect(await exclusively(join(folder, 'lock'), {}, async () => 'dead')).toBe('dead');
    await writeFile(join(folder, 'lock'), `${process.pid} 1 token`);
    expect(await exclusively(join(folder, 'lock'), {}, async () => 'another')).toBe('another');
  });

  it('says whom it waits for, and stops waiting when told', async () => {
    const stop = new AbortController();
    const waiting: number[] = [];
    await exclusively(join(folder, 'lock'), {}, async () => {
      const onWait = (pid: number) => {
        waiting.push(pid);
        stop.abort();
      };
      const second = exclusively(join(folder, 'lock'), { signal: stop.signal, onWait }, async () => 'never');
      await expect(second).rejects.toThrow(InterruptedError);
    });
    expect(waiting).toEqual([process.pid]);
  });
});

describe('withTemporaryFolder', () => {
  it('is gone after the work, failed or not, and what a killed process left goes with it', async () => {
    await withTemporaryFolder(folder, (inner) => writeFile(join(inner, 'file'), 'x'));
    const fail = () => Promise.reject(new Error('no'));
    await expect(withTemporaryFolder(folder, fail)).rejects.toThrow('no');
    expect(await readdir(folder)).toEqual([]);
    await writeFile(join(folder, `.tmp-${await deadProcess()}-abc`), '');
    await withTemporaryFolder(folder, async () => undefined);
    expect(await readdir(folder)).toEqual([]);
  });
});

import { randomBytes } from 'node:crypto';
import { link, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { InterruptedError } from '../src/errors.js';

const pollMs = 100;

/**
 * When a process started, in clock ticks after boot (proc(5), field 22 of stat); undefined when there is
 * none.
 */
async function startOf(pid: number): Promise<string | undefined> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined);
  return stat?.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
}

interface Holder {
  readonly text: string;
  readonly pid: number;
}

/** A process id alone would do if ids were never used twice. */
async function isAlive({ text, pid }: Holder): Promise<boolean> {
  return (await startOf(pid)) === text.split(' ')[1];
}

/** The file appears with its content (link, not open), so that nobody reads it half written. */
async function take(path: string, text: string, token: string): Promise<boolean> {
  const own = `${path}.${token}`;
  await writeFile(own, text);
  try {
    await link(own, path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    return false;
  } finally {
    await rm(own, { force: true });
  }
}

async function holderOf(path: string): Promise<Holder | undefined> {
  const text = await readFile(path, 'utf8').catch(() => undefined);
  return text === undefined ? undefined : { text, pid: Number.parseInt(text, 10) };
}

/** The living process that holds the lock file `path`; undefined when it is free. */
export async function livingHolder(path: string): Promise<number | undefined> {
  const holder = await holderOf(path);
  return holder && (await isAlive(holder)) ? holder.pid : undefined;
}

/**
 * Moved aside first: between reading and removing, another waiter may have replaced the dead lock by its own.
 */
async function breakLock(path: string, dead: Holder, token: string): Promise<void> {
  const aside = `${path}.${token}.stale`;
  try {
    await rename(path, aside);
  } catch {
    return;
  }
  if ((await readFile(aside, 'utf8')) !== dead.text) await link(aside, path).catch(() => undefined);
  await rm(aside, { force: true });
}

/**
 * Runs `work` while no other process, and no other caller in this one, holds the lock file `path`. A lock
 * whose process is gone is broken. `onWait` is told once, with the holder's process id.
 *
 * @throws InterruptedError when `signal` is raised while waiting
 */
export async function exclusively<T>(
  path: string,
  options: { signal?: AbortSignal | undefined; onWait?: ((pid: number) => void) | undefined },
  work: () => Promise<T>,
): Promise<T> {
  const token = randomBytes(6).toString('hex');
  const text = `${process.pid} ${await startOf(process.pid)} ${token}`;
  let told = false;
  while (!(await take(path, text, token))) {
    const holder = await holderOf(path);
    if (!holder) continue;
    if (!(await isAlive(holder))) {
      await breakLock(path, holder, token);
      continue;
    }
    if (!told) options.onWait?.(holder.pid);
    told = true;
    if (options.signal?.aborted) throw new InterruptedError('waiting for another process was stopped');
    await sleep(pollMs);
  }
  try {
    return await work();
  } finally {
    await rm(path, { force: true });
  }
}

import { mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

const owner = /^\.tmp-(\d+)-/;

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Paths of what processes that were killed left behind in `parent`. */
export async function abandoned(parent: string): Promise<string[]> {
  const names = await readdir(parent).catch(() => []);
  return names
    .filter((name) => {
      const pid = Number(owner.exec(name)?.[1]);
      return pid > 0 && !isRunning(pid);
    })
    .map((name) => join(parent, name));
}

/**
 * Runs `work` with a new folder in `parent` that is gone afterwards, also when this process is killed, later.
 */
export async function withTemporaryFolder<T>(
  parent: string,
  work: (folder: string) => Promise<T>,
): Promise<T> {
  await mkdir(parent, { recursive: true });
  for (const path of await abandoned(parent)) await rm(path, { recursive: true, force: true });
  const folder = await mkdtemp(join(parent, `.tmp-${process.pid}-`));
  try {
    return await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/**
 * Removes a file or folder that others look for: renamed first, so that no half of it is ever found, and beside itself, which
 * takes no room where there is none.
 */
export async function discard(path: string): Promise<void> {
  const aside = join(dirname(path), `.tmp-${process.pid}-${basename(path)}`);
  await rename(path, aside);
  await rm(aside, { recursive: true, force: true });
}

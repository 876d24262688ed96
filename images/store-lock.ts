import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { CapabilityError, InterruptedError } from '../src/errors.js';
import { exclusively, livingHolder } from './exclusive.js';

const removing = '.removing';
const pollMs = 100;

/**
 * Runs `work` while `folder`, the store of images, is being pulled into by nobody. A pull looks for this once it holds the
 * lock of its image, and this looks for such locks once it is announced: of the two, at least one sees the other.
 *
 * @throws CapabilityError when a pull is going on
 */
export async function whileNothingIsPulled<T>(folder: string, work: () => Promise<T>): Promise<T> {
  await mkdir(folder, { recursive: true });
  const checked = async () => {
    for (const name of (await readdir(folder)).filter((each) => each.endsWith('.lock'))) {
      const pid = await livingHolder(join(folder, name));
      if (pid === undefined) continue;
      throw new CapabilityError(
        `process ${pid} is pulling ${name.slice(1, -'.lock'.length)}: no lock file names an image before it is whole`,
        { remedy: 'try again when it has finished' },
      );
    }
    return work();
  };
  return exclusively(join(folder, removing), {}, checked).catch((error: NodeJS.ErrnoException) => {
    // A disk without room for this lock has none for a pull's either, and must be freed all the same.
    if (error.code === 'ENOSPC') return checked();
    throw error;
  });
}

/** Waits while something is being removed from the store. @throws InterruptedError when `signal` is raised */
export async function untilNothingIsRemoved(
  folder: string,
  options: { signal?: AbortSignal | undefined; onWait?: (pid: number) => void },
): Promise<void> {
  for (let told = false; ; told = true) {
    const pid = await livingHolder(join(folder, removing));
    if (pid === undefined) return;
    if (!told) options.onWait?.(pid);
    if (options.signal?.aborted) throw new InterruptedError('waiting for another process was stopped');
    await sleep(pollMs);
  }
}

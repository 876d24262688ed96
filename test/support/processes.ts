import { readdir, readFile } from 'node:fs/promises';

/** Processes that carry a mark in their environment, by pid, with their command lines. */
export async function processesWith(variable: string, value: string): Promise<Map<number, string>> {
  const found = new Map<number, string>();
  for (const entry of await readdir('/proc')) {
    if (!/^\d+$/.test(entry)) continue;
    try {
      const environment = (await readFile(`/proc/${entry}/environ`, 'latin1')).split('\0');
      const command = (await readFile(`/proc/${entry}/cmdline`, 'latin1')).replaceAll('\0', ' ');
      if (environment.includes(`${variable}=${value}`) && command !== '') found.set(Number(entry), command);
    } catch {
      // The process ended, or is not ours to read.
    }
  }
  return found;
}

/** Waits until `condition` holds; throws after `timeoutMs`. */
export async function until(
  condition: () => Promise<boolean> | boolean,
  timeoutMs: number,
  what: string,
): Promise<void> {
  const end = performance.now() + timeoutMs;
  while (!(await condition())) {
    if (performance.now() > end) throw new Error(`${what}: not within ${timeoutMs} ms`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

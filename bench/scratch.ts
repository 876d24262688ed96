import { rmSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A folder that goes when the block does, or when the process is told to end. */
export async function scratchFolder(name: string): Promise<{ path: string } & Disposable> {
  const path = await mkdtemp(join(tmpdir(), `stackbed-${name}-`));
  const remove = () => rmSync(path, { recursive: true, force: true });
  const end = (signal: NodeJS.Signals) => {
    remove();
    process.exit(signal === 'SIGINT' ? 130 : 143);
  };
  process.once('SIGINT', end).once('SIGTERM', end);
  return {
    path,
    [Symbol.dispose]: () => {
      // In this order: a signal must not end what is half removed.
      remove();
      process.off('SIGINT', end).off('SIGTERM', end);
    },
  };
}

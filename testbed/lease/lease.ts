import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * What a run owns on this machine: a mark that every process it starts carries in its environment, and a
 * folder for its sockets. A detached reaper ends and removes both when the lease drops, kill -9 included.
 */
export class Lease implements AsyncDisposable {
  private constructor(
    readonly mark: string,
    /** Private folder (mode 0700) with a short path, fit for unix sockets. */
    readonly folder: string,
    private readonly reaper: ChildProcess,
  ) {}

  static async acquire(): Promise<Lease> {
    const mark = randomBytes(8).toString('hex');
    const folder = await mkdtemp(join(tmpdir(), 'stackbed-'));
    const reaper = spawn(
      process.execPath,
      [fileURLToPath(new URL('./reaper.mjs', import.meta.url)), mark, folder],
      {
        detached: true,
        stdio: ['pipe', 'ignore', 'ignore'],
      },
    );
    try {
      await once(reaper, 'spawn');
    } catch (error) {
      await rm(folder, { recursive: true, force: true });
      throw error;
    }
    // The reaper must not keep this process alive; its end of the pipe notices when we are gone.
    reaper.unref();
    reaper.stdin?.on('error', () => {});
    (reaper.stdin as unknown as { unref?: () => void } | null)?.unref?.();
    return new Lease(mark, folder, reaper);
  }

  /** Environment of a process that belongs to this lease. */
  environment(): NodeJS.ProcessEnv {
    return { ...process.env, STACKBED_LEASE: this.mark };
  }

  /** Drops the lease and waits until the reaper has removed what was left. Safe to call twice. */
  async release(): Promise<void> {
    if (this.reaper.exitCode !== null || this.reaper.signalCode !== null) return;
    const gone = once(this.reaper, 'exit');
    this.reaper.ref();
    this.reaper.stdin?.end();
    await gone;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.release();
  }
}

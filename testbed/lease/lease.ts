import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { writeFileAtomic } from '../../src/atomic-file.js';

/**
 * Folder of a lease in which the reaper finds what it must undo: a file for each thing, a command as JSON.
 */
const undoFolder = 'undo';

/** Folder of the lease with a mark. */
export const leaseFolder = (mark: string) => join(tmpdir(), `stackbed-${mark}`);

/** File in the folder of a lease that no reaper waits for. */
export const lastingFile = (mark: string) => join(leaseFolder(mark), 'lasting');

/**
 * What a run owns on this machine: a mark that every process it starts carries in its environment, a folder
 * for its sockets, and commands that undo what is neither. A detached reaper ends, removes and undoes them
 * when the lease drops, kill -9 included.
 */
export class Lease implements AsyncDisposable {
  private undoable = 0;

  private constructor(
    readonly mark: string,
    /** Private folder (mode 0700) with a short path, fit for unix sockets. */
    readonly folder: string,
    private readonly reaper: ChildProcess | undefined,
  ) {}

  static async acquire(): Promise<Lease> {
    const mark = randomBytes(8).toString('hex');
    const folder = leaseFolder(mark);
    await mkdir(folder, { mode: 0o700 });
    const reaper = startReaper(mark, folder, 'pipe');
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

  /** A lease that outlives this process: it ends when {@link release} is called on one of its mark. */
  static async lasting(): Promise<Lease> {
    const mark = randomBytes(8).toString('hex');
    await mkdir(leaseFolder(mark), { mode: 0o700 });
    await writeFile(lastingFile(mark), '');
    return Lease.ofMark(mark);
  }

  /** A lease that another process has taken and nobody waits for any more, or that was made to last. */
  static ofMark(mark: string): Lease {
    return new Lease(mark, leaseFolder(mark), undefined);
  }

  /** Environment of a process that belongs to this lease. */
  environment(): NodeJS.ProcessEnv {
    return { ...process.env, STACKBED_LEASE: this.mark };
  }

  /**
   * Promises the reaper a command that undoes what is about to be made, and that no mark on a process shows:
   * a namespace, a domain of somebody's libvirtd. To be called before it is made, as it may be killed in
   * between; the command must bear that there is nothing to undo. The reaper runs what is left when the
   * processes of the lease are gone, the last first, each with ten seconds and three attempts.
   *
   * @param command program and arguments
   * @returns what undoes it now, and takes the promise back; throws as execa does, and the promise stands
   */
  async willUndo(command: readonly [string, ...string[]]): Promise<() => Promise<void>> {
    const folder = join(this.folder, undoFolder);
    await mkdir(folder, { recursive: true });
    const file = join(folder, `${String(this.undoable++).padStart(6, '0')}.json`);
    await writeFileAtomic(file, JSON.stringify(command));
    const [program, ...args] = command;
    return async () => {
      await execa(program, args, { env: this.environment(), timeout: 10_000, stdin: 'ignore' });
      await rm(file, { force: true });
    };
  }

  /** Drops the lease and waits until the reaper has removed what was left. Safe to call twice. */
  async release(): Promise<void> {
    if (!this.reaper) {
      // Its end of the pipe is closed from the beginning.
      await once(startReaper(this.mark, this.folder, 'ignore'), 'exit');
      return;
    }
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

function startReaper(mark: string, folder: string, stdin: 'pipe' | 'ignore'): ChildProcess {
  const program = fileURLToPath(new URL('./reaper.mjs', import.meta.url));
  return spawn(process.execPath, [program, mark, folder], {
    detached: true,
    stdio: [stdin, 'ignore', 'ignore'],
  });
}

import { createHash } from 'node:crypto';
import {
  type FileHandle,
  mkdir,
  open,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  statfs,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { join } from 'node:path';
import { exclusively } from '../../../../images/exclusive.js';
import { cacheFolder } from '../../../../images/index.js';
import { withTemporaryFolder } from '../../../../images/temporary-folder.js';
import { CapabilityError, InputError } from '../../../../src/errors.js';

/** A guest that was stopped: what is needed to go on with copies of it. */
export interface Snapshot {
  readonly key: string;
  /** The guest's memory, open for reading and writing; to be mapped privately, and closed by the user. */
  readonly memory: FileHandle;
  /** What QEMU saved of everything else. */
  readonly state: Buffer;
}

interface Description {
  /** Boot of the host on which it was made. */
  readonly host: string;
  readonly memorySize: number;
  readonly stateSha256: string;
}

/** Bytes on disk that snapshots may take before the least recently used go; STACKBED_SNAPSHOT_MIB changes it. */
const defaultBudgetMib = 4096;
/** What a booted guest of ours touches of its memory, with room to spare. */
const touchedMib = 400;

function budgetOf(given: string | undefined): number {
  if (given === undefined || given === '') return defaultBudgetMib;
  if (/^[1-9]\d*$/.test(given)) return Number(given);
  throw new InputError(`STACKBED_SNAPSHOT_MIB is ${given}, which is no number of MiB`, {
    remedy: 'give a whole number above 0, or unset it',
  });
}

async function freeMibOf(folder: string): Promise<number> {
  const { bavail, bsize } = await statfs(folder);
  return Math.floor((bavail * bsize) / 2 ** 20);
}

const sha256 = (data: Uint8Array) => createHash('sha256').update(data).digest('hex');
const descriptionOf = async (folder: string): Promise<Description> =>
  JSON.parse(await readFile(join(folder, 'snapshot.json'), 'utf8')) as Description;

/** Identifies this boot of the host: its clocks, which a snapshot holds readings of, run on until the next. */
export async function hostBoot(): Promise<string> {
  return (await readFile('/proc/sys/kernel/random/boot_id', 'utf8')).trim();
}

/**
 * Snapshots by key, each a folder that appears whole or not at all. They serve the host's present boot and are
 * made anew after it; their disk use stays within a budget.
 */
export class SnapshotStore {
  /**
   * @param folder default `snapshots` in the cache folder
   * @param budgetMib MiB on disk that they may take
   * @param freeMib how much room there is for a folder's files
   */
  constructor(
    readonly folder = join(cacheFolder(), 'snapshots'),
    private readonly budgetMib = budgetOf(process.env.STACKBED_SNAPSHOT_MIB),
    private readonly freeMib = freeMibOf,
  ) {}

  /** Undefined when it is not there or damaged. */
  async open(key: string): Promise<Snapshot | undefined> {
    const folder = join(this.folder, key);
    let memory: FileHandle | undefined;
    try {
      const { memorySize, stateSha256 } = await descriptionOf(folder);
      const state = await readFile(join(folder, 'state'));
      memory = await open(join(folder, 'memory'), 'r+');
      if (sha256(state) === stateSha256 && (await memory.stat()).size === memorySize) {
        await utimes(join(folder, 'snapshot.json'), new Date(), new Date());
        return { key, memory, state };
      }
    } catch {
      // Not there, or another process removes it just now.
    }
    await memory?.close();
    return undefined;
  }

  /**
   * The snapshot of a key, made by `make` when there is none; whoever wants the same one meanwhile waits.
   *
   * @param make fills the file that it is given with a guest's memory and gives the rest of its state
   * @throws CapabilityError when there is no room for it; InterruptedError when `signal` is raised; what `make` throws
   */
  async obtain(
    key: string,
    ramMib: number,
    signal: AbortSignal | undefined,
    make: (memory: string) => Promise<Buffer>,
  ): Promise<Snapshot> {
    await mkdir(this.folder, { recursive: true });
    const found = await this.open(key);
    if (found) return found;
    return exclusively(join(this.folder, `${key}.lock`), { signal }, async () => {
      const meanwhile = await this.open(key);
      if (meanwhile) return meanwhile;
      await this.evict(Math.min(ramMib, touchedMib));
      await this.checkRoom(Math.min(ramMib, touchedMib));
      await this.put(key, make);
      const made = await this.open(key);
      if (!made) throw new CapabilityError(`the snapshot in ${this.folder} was removed as it was made`);
      return made;
    });
  }

  async discard(key: string): Promise<void> {
    await rm(join(this.folder, key), { recursive: true, force: true });
  }

  private async put(key: string, make: (memory: string) => Promise<Buffer>): Promise<void> {
    await withTemporaryFolder(this.folder, async (scratch) => {
      const folder = join(scratch, key);
      await mkdir(folder, { mode: 0o700 });
      const memory = join(folder, 'memory');
      const state = await make(memory);
      const description: Description = {
        host: await hostBoot(),
        memorySize: (await stat(memory)).size,
        stateSha256: sha256(state),
      };
      await writeFile(join(folder, 'state'), state);
      await writeFile(join(folder, 'snapshot.json'), `${JSON.stringify(description)}\n`);
      await this.discard(key);
      await rename(folder, join(this.folder, key));
    });
  }

  private async checkRoom(neededMib: number): Promise<void> {
    const freeMib = await this.freeMib(this.folder);
    if (freeMib >= neededMib) return;
    throw new CapabilityError(
      `a snapshot needs ${neededMib} MiB in ${this.folder}, where ${freeMib} MiB are free`,
      { remedy: 'make room, move the cache folder (STACKBED_CACHE), or boot cold' },
    );
  }

  /** Removes what the host's present boot cannot use, then the least recently used, to leave room for a new one. */
  private async evict(neededMib: number): Promise<void> {
    const host = await hostBoot();
    const keys = (await readdir(this.folder)).filter((name) => /^[0-9a-f]{64}$/.test(name));
    const found = await Promise.all(keys.map((key) => this.about(key, host)));
    let total = neededMib * 2 ** 20 + found.reduce((sum, { size }) => sum + size, 0);
    for (const { key, size } of found.sort((a, b) => a.usedAt - b.usedAt)) {
      if (total <= this.budgetMib * 2 ** 20) break;
      await this.discard(key);
      total -= size;
    }
  }

  /** Size on disk, bytes, and time of the last use; 0 for what cannot be used any more. */
  private async about(key: string, host: string): Promise<{ key: string; size: number; usedAt: number }> {
    const folder = join(this.folder, key);
    const none = { key, size: 0, usedAt: 0 };
    try {
      if ((await descriptionOf(folder)).host !== host) {
        await this.discard(key);
        return none;
      }
      const { blocks } = await stat(join(folder, 'memory'));
      return { key, size: blocks * 512, usedAt: (await stat(join(folder, 'snapshot.json'))).mtimeMs };
    } catch {
      return none;
    }
  }
}

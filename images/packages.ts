import { readdir, rename, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { AptRoot } from './debian/apt-root.js';
import type { DebianPackage } from './debian/package-index.js';
import { notAsListed } from './debian/packages-gone.js';
import { freeSpace } from './free-space.js';
import { sha256File } from './sha256.js';
import { diskFull } from './storage-fault.js';
import { cacheFolder } from './store.js';
import { discard, withTemporaryFolder } from './temporary-folder.js';

/**
 * Downloaded packages by SHA-256. Kept, so that a locked image can be built again after the archive has moved
 * on.
 */
export class PackageStore {
  /** Those whose bytes were looked at already. */
  readonly #whole = new Set<string>();

  /** @param folder default `packages` in the cache folder */
  constructor(readonly folder = join(cacheFolder(), 'packages')) {}

  /** Every package here: its SHA-256 as its name states it, its size in bytes. */
  async list(): Promise<{ sha256: string; path: string; size: number }[]> {
    const names = await readdir(this.folder).catch(() => []);
    const packages = names
      .filter((name) => /^[0-9a-f]{64}\.deb$/.test(name))
      .map(async (name) => {
        const path = join(this.folder, name);
        return { sha256: name.slice(0, -'.deb'.length), path, size: (await stat(path)).size };
      });
    return Promise.all(packages);
  }

  path(wanted: DebianPackage): string {
    return join(this.folder, `${wanted.sha256}.deb`);
  }

  /** Whether it is here and whole; one that was damaged is removed, so that it is fetched anew. */
  async has(wanted: DebianPackage): Promise<boolean> {
    if (this.#whole.has(wanted.sha256)) return true;
    const path = this.path(wanted);
    const found = await sha256File(path).catch(() => undefined);
    if (found !== undefined && found !== wanted.sha256) await discard(path);
    if (found !== wanted.sha256) return false;
    this.#whole.add(wanted.sha256);
    return true;
  }

  /**
   * Downloads what is not here yet. `onReceived` hears the bytes received so far.
   *
   * @throws CapabilityError when a download fails or is not the package that was resolved
   */
  async fetch(
    wanted: readonly DebianPackage[],
    root: AptRoot,
    options: { signal?: AbortSignal | undefined; onReceived?: (bytes: number, total: number) => void },
  ): Promise<void> {
    const absent: DebianPackage[] = [];
    for (const each of wanted) if (!(await this.has(each))) absent.push(each);
    if (absent.length === 0) return;
    const total = absent.reduce((sum, { size }) => sum + size, 0);
    if ((await freeSpace(this.folder)) < total) throw await diskFull(this.folder, total);
    await withTemporaryFolder(this.folder, async (temporary) => {
      const names = absent.map(({ name, architecture, version }) => `${name}:${architecture}=${version}`);
      await root.download(names, temporary, {
        signal: options.signal,
        size: total,
        onPercent: (percent) => options.onReceived?.(Math.round((percent / 100) * total), total),
      });
      const files = (await readdir(temporary)).map((name) => join(temporary, name));
      const digests = new Map(
        await Promise.all(files.map(async (file) => [await sha256File(file), file] as const)),
      );
      for (const each of absent) {
        const file = digests.get(each.sha256);
        if (!file) throw notAsListed([`${each.name}=${each.version}`]);
        await rename(file, this.path(each));
      }
    });
  }
}

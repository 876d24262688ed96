import { findEntries, loadCatalog } from './catalog.js';
import { LockFile } from './lock-file.js';

/**
 * Writes a lock file at `to` with what `ids` are locked to, and nothing else: with it another machine pulls
 * the very same packages.
 *
 * @param from lock file to copy from; default the one in the cache folder
 * @throws InputError for an id that is not in the catalogue
 */
export async function copyLock(ids: readonly string[], to: string, from?: string): Promise<void> {
  const locked = await new LockFile(from).read();
  const copy = new LockFile(to);
  for (const { id } of findEntries(await loadCatalog(), ids).values())
    if (locked[id]) await copy.set(id, locked[id]);
}

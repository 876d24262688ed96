import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';

/** Files of one name in a run. */
export interface DiskUse {
  /** With `*` for the machine. */
  readonly file: string;
  readonly files: number;
  readonly bytes: number;
}

/** What the files of a run take, the largest first. */
export async function diskUse(run: string): Promise<DiskUse[]> {
  const found = new Map<string, { file: string; files: number; bytes: number }>();
  for (const name of await readdir(run, { recursive: true })) {
    const about = await stat(join(run, name));
    if (!about.isFile()) continue;
    const file = name
      .replace(/(^|\/)machines\/[^/]+\//, '$1machines/*/')
      .replace(/^captures\/.*\./, 'captures/*.');
    const known = found.get(file) ?? { file, files: 0, bytes: 0 };
    found.set(file, known);
    known.files++;
    known.bytes += about.size;
  }
  return [...found.values()].sort((a, b) => b.bytes - a.bytes || (a.file < b.file ? -1 : 1));
}

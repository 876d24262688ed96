import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';

/** Bytes of all files in a folder, or of a file, holes left out; what goes away meanwhile counts nothing. */
export async function sizeOf(path: string): Promise<number> {
  const inside = await readdir(path, { recursive: true }).catch(() => []);
  const sizes = ['', ...inside].map(async (name) => {
    const info = await stat(join(path, name)).catch(() => undefined);
    // A hole takes nothing; st_blocks counts in 512 bytes everywhere (stat(2)).
    return info?.isFile() ? Math.min(info.size, info.blocks * 512) : 0;
  });
  return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
}

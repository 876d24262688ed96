import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';

/** Bytes of all files in a folder, or of a file; what goes away meanwhile counts nothing. */
export async function sizeOf(path: string): Promise<number> {
  const inside = await readdir(path, { recursive: true }).catch(() => []);
  const sizes = ['', ...inside].map(async (name) => {
    const info = await stat(join(path, name)).catch(() => undefined);
    return info?.isFile() ? info.size : 0;
  });
  return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
}

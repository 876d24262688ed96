import { statfs } from 'node:fs/promises';
import { dirname } from 'node:path';

/** Bytes that the file system of `folder`, or of where it would be made, has left for us. */
export async function freeSpace(folder: string): Promise<number> {
  const info = await statfs(folder).catch(() => undefined);
  if (info) return info.bavail * info.bsize;
  const parent = dirname(folder);
  return parent === folder ? 0 : freeSpace(parent);
}

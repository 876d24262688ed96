import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { delimiter, join } from 'node:path';

/** Absolute path of a program in PATH, or in other folders that are given like it, or undefined. */
export async function findProgram(
  name: string,
  folders: string | undefined = process.env.PATH,
): Promise<string | undefined> {
  for (const folder of (folders ?? '').split(delimiter)) {
    if (folder === '') continue;
    const path = join(folder, name);
    try {
      await access(path, constants.X_OK);
      return path;
    } catch {
      // Not here; the next folder may have it.
    }
  }
  return undefined;
}

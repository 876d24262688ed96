import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { type OnProgress, obtainTool } from '../../images/index.js';
import { CapabilityError, InputError } from '../errors.js';
import { type Database, parseDatabase } from '../nmap/database.js';

const fileName = 'nmap-os-db';

export interface FoundDatabase {
  readonly path: string;
  readonly database: Database;
}

/** Where nmap itself looks for its data files, first to last. */
function folders(environment: NodeJS.ProcessEnv): string[] {
  const named = environment.NMAPDIR;
  return [...(named ? [named] : []), join(homedir(), '.nmap'), '/usr/local/share/nmap', '/usr/share/nmap'];
}

/**
 * The fingerprint database of nmap: that at `path`, or the one of the nmap that is installed here, or, where there is
 * none, that of Debian's package, unpacked into the cache.
 *
 * @throws InputError for a file that cannot be read or is none; CapabilityError when none can be had
 */
export async function findNmapDatabase(
  path: string | undefined,
  options: { readonly onProgress?: OnProgress; readonly signal?: AbortSignal } = {},
): Promise<FoundDatabase> {
  if (path !== undefined) {
    const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
      throw new InputError(`${path} cannot be read: ${error.code ?? error.message}`, {
        remedy: 'give the path of an nmap-os-db',
      });
    });
    return { path, database: parseDatabase(text, path) };
  }
  for (const folder of folders(process.env)) {
    const installed = join(folder, fileName);
    const text = await readFile(installed, 'utf8').catch(() => undefined);
    if (text !== undefined) return { path: installed, database: parseDatabase(text, installed) };
  }
  const { share } = await obtainTool(fileName, options).catch((error: unknown) => {
    if (!(error instanceof CapabilityError)) throw error;
    throw new CapabilityError(
      `nmap is not installed here, and its database is not to be had: ${error.message}`,
      {
        remedy: 'give the path of an nmap-os-db with --db',
        cause: error,
      },
    );
  });
  const unpacked = join(share, fileName);
  return { path: unpacked, database: parseDatabase(await readFile(unpacked, 'utf8'), unpacked) };
}

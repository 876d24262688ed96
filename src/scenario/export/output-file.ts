import { existsSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { CapabilityError, InputError, StackbedError } from '../../errors.js';

/**
 * Has a file written. Throws InputError for a name that cannot be one, before anything is read for it, and
 * CapabilityError when it could not be written.
 */
export async function writeOutput(file: string, write: () => Promise<void>): Promise<void> {
  const folder = dirname(file);
  if (!existsSync(folder) || !statSync(folder).isDirectory())
    throw new InputError(`cannot write ${file}: there is no folder ${folder}`, { remedy: 'make it first' });
  if (existsSync(file) && statSync(file).isDirectory())
    throw new InputError(`cannot write ${file}: it is a folder`, { remedy: 'give the name of a file in it' });
  try {
    await write();
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (error instanceof StackbedError || !/^(ENOSPC|EDQUOT|EFBIG|EACCES|EPERM|EROFS|EIO)$/.test(code ?? ''))
      throw error;
    throw new CapabilityError(`cannot write ${file}: ${message}`, {
      remedy: 'write it elsewhere',
      cause: error,
    });
  }
}

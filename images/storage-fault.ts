import { CapabilityError, StackbedError } from '../src/errors.js';
import { freeSpace } from './free-space.js';

const megabytes = (bytes: number) => `${Math.ceil(bytes / 1e6)} MB`;

/** True for the words of a program that had no room to write. */
export function tellsFullDisk(messages: string): boolean {
  return /No space left on device|enough free space|Disk quota exceeded/i.test(messages);
}

/** @param needed in bytes, where that is known */
export async function diskFull(folder: string, needed?: number): Promise<CapabilityError> {
  const wants = needed === undefined ? '' : `, about ${megabytes(needed)} are needed`;
  return new CapabilityError(
    `the disk of the image store is full: ${folder} has ${megabytes(await freeSpace(folder))} free${wants}`,
    { remedy: 'make room, for example with: stackbed images gc; or move the store with STACKBED_CACHE' },
  );
}

const denied = ['EACCES', 'EPERM', 'EROFS', 'ENOTDIR', 'EEXIST'];

/**
 * Runs work that writes below `folder`.
 *
 * @param needed what it writes, in bytes, where that is known
 * @throws CapabilityError instead of the file system's own when the disk is full or the folder cannot be written
 */
export async function writingTo<T>(folder: string, work: () => Promise<T>, needed?: number): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const { code = '', message } = error as NodeJS.ErrnoException;
    if (error instanceof StackbedError ? tellsFullDisk(message) : ['ENOSPC', 'EDQUOT'].includes(code))
      throw await diskFull(folder, needed);
    if (!denied.includes(code)) throw error;
    throw new CapabilityError(`the image store cannot be written: ${message}`, {
      remedy: `see who owns ${folder}, or move the store with STACKBED_CACHE`,
      cause: error,
    });
  }
}

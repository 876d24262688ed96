import { createReadStream, createWriteStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { extract } from 'tar-stream';
import { InputError } from '../../src/errors.js';
import type { Taken } from '../appliance/take.js';
import type { Labels } from '../catalog.js';
import { rootFile } from '../stacks/container.js';

/** Labels of every container's kernel; `{host}` becomes the release of the host's. */
export const containerLabels: Labels['kernel'] = ['linux', "the host's linux", 'linux {host} of the host'];

async function isGzip(path: string): Promise<boolean> {
  const file = await open(path, 'r');
  try {
    const { buffer } = await file.read(Buffer.alloc(2), 0, 2, 0);
    return buffer.toString('hex') === '1f8b';
  } finally {
    await file.close();
  }
}

/** @returns names of the archive's members */
async function copyOf(file: string, root: string): Promise<ReadonlySet<string>> {
  const unpacking = (await isGzip(file)) ? [createGunzip()] : [];
  await pipeline([createReadStream(file), ...unpacking, createWriteStream(root)]);
  const names = new Set<string>();
  const entries = extract();
  entries.on('entry', ({ name }, content, next) => {
    names.add(name.replace(/^\.?\//, ''));
    // A torn archive is the error of both; that of the archive is the one that is told.
    content.on('error', () => {});
    content.on('end', next).resume();
  });
  await pipeline(createReadStream(root), entries);
  return names;
}

/**
 * Puts a root file system, a tar archive or one that is packed by gzip, into a folder. The file is only read.
 *
 * @throws InputError when it is no whole archive, empty, or one of an image's layers
 */
export async function takeRoot(file: string, folder: string): Promise<Taken> {
  const root = join(folder, rootFile);
  const names = await copyOf(file, root).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === 'ENOSPC') throw cause;
    throw new InputError(`${file} is no whole tar archive of a root file system: ${cause.message}`, {
      remedy: 'give one as `docker export` makes it, plain or packed by gzip',
      cause,
    });
  });
  if (names.has('manifest.json') && (names.has('repositories') || names.has('oci-layout')))
    throw new InputError(`${file} holds an image's layers, as \`docker save\` writes them`, {
      remedy: 'load it into an engine and name the image: docker load, then --container NAME',
    });
  if (names.size === 0) throw new InputError(`${file} is an empty archive`);
  return { medium: 'container', files: [rootFile], format: 'container' };
}

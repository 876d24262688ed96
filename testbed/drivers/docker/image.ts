import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import type Docker from 'dockerode';
import { type BootableImage, rootFile } from '../../../images/index.js';
import { CapabilityError } from '../../../src/errors.js';

const repository = 'stackbed';

/** Label of images that were imported by Stackbed. */
export const imageLabel = 'stackbed.image';

/**
 * The name of an image in an engine, imported when it is not there. It is named by its digest and stays:
 * another run finds it again.
 *
 * @throws CapabilityError with the engine's words when it does not take it
 */
export async function importedImage(docker: Docker, image: BootableImage): Promise<string> {
  const tag = image.digest.slice(0, 32);
  return imported(docker, tag, image.id, () => createReadStream(join(image.folder, rootFile)));
}

/** An archive that ends at once: two blocks of zeros (POSIX ustar). */
const nothing = Buffer.alloc(1024);

/** The name of an image that holds nothing. @throws CapabilityError as {@link importedImage} does */
export async function emptyImage(docker: Docker): Promise<string> {
  return imported(docker, 'empty', 'empty', () => Readable.from([nothing]));
}

/** Waits for what an engine does step by step. @throws Error with its words when a step fails */
export async function finished(docker: Docker, steps: NodeJS.ReadableStream): Promise<void> {
  const said = await new Promise<{ error?: string }[]>((resolve, reject) =>
    docker.modem.followProgress(steps, (error, all) => (error ? reject(error) : resolve(all ?? []))),
  );
  // A step that fails is said among the others, as the answer has begun with success.
  const failed = said.find(({ error }) => error !== undefined);
  if (failed) throw new Error(failed.error);
}

async function imported(docker: Docker, tag: string, id: string, archive: () => Readable): Promise<string> {
  const name = `${repository}:${tag}`;
  const there = await docker
    .getImage(name)
    .inspect()
    .catch(() => undefined);
  if (there) return name;
  try {
    const stream = await docker.importImage(archive(), {
      ...{ repo: repository, tag },
      changes: [`LABEL ${imageLabel}=${id}`],
    });
    await finished(docker, stream);
  } catch (cause) {
    throw new CapabilityError(`the Docker engine did not import ${id}: ${(cause as Error).message}`, {
      cause,
    });
  }
  return name;
}

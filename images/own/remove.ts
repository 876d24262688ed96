import { distance } from 'fastest-levenshtein';
import { CapabilityError, InputError } from '../../src/errors.js';
import { collectGarbage } from '../gc.js';
import { OwnCatalog, type OwnImage } from './catalog.js';

/** The user's own image of this name. Throws InputError when there is none. */
export async function findOwn(name: string): Promise<OwnImage> {
  const images = await new OwnCatalog().read();
  if (images[name]) return images[name];
  const near = Object.keys(images).sort((a, b) => distance(name, a) - distance(name, b))[0];
  throw new InputError(`you have added no image called ${name}`, {
    remedy: near === undefined ? 'add one, with: stackbed images add FILE' : `did you mean ${near}?`,
  });
}

/**
 * Takes a user's own image out of the catalogue, and its bytes out of the store unless another image has them.
 *
 * @returns bytes that were freed; 0 while others pull images, and then the next collection frees them
 * @throws InputError when there is no such image
 */
export async function removeImage(name: string): Promise<number> {
  const { digest } = await findOwn(name);
  await new OwnCatalog().change((images) => {
    delete images[name];
  });
  const removed = await collectGarbage({ only: digest }).catch((error) => {
    if (error instanceof CapabilityError) return [];
    throw error;
  });
  return removed.reduce((sum, { size }) => sum + size, 0);
}

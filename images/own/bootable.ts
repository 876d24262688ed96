import { InputError } from '../../src/errors.js';
import type { BootableImage, ImageStore } from '../store.js';
import type { OwnImage } from './catalog.js';

/** A user's own image, ready to boot. Throws InputError when its bytes are no longer in the store. */
export async function ownBootable(store: ImageStore, name: string, own: OwnImage): Promise<BootableImage> {
  const { digest, labels, architecture, nics, append, appliance, source } = own;
  const record = await store.find(digest);
  if (!record)
    throw new InputError(`the bytes of your image ${name} are not in the store ${store.folder}`, {
      remedy: `remove it, with: stackbed images remove ${name}, and add ${source.name} again`,
    });
  const about = { id: name, digest, labels, architecture, nics, append, appliance };
  return store.bootable({ ...record, ...about }, name);
}

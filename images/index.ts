export { type Appliance, type ContainerSettings, mediumFile } from './appliance/appliance.js';
export { bootChoices } from './appliance/choices.js';
export { Catalog, type CatalogEntry, type Labels, loadCatalog } from './catalog.js';
export type { Architecture } from './catalog-schema.js';
export { copyLock } from './copy-lock.js';
export { type CollectOptions, collectGarbage, type Unnamed } from './gc.js';
export {
  type DiskUse,
  diskUse,
  listStored,
  type StoredImage,
  storedImage,
} from './list.js';
export { LockFile } from './lock-file.js';
export { type Offer, type OfferedImage, type OfferOptions, offeredImages } from './offer.js';
export { type AddOptions, addImage } from './own/add.js';
export { OwnCatalog, type OwnImage } from './own/catalog.js';
export { containerLabels } from './own/container.js';
export { findOwn, removeImage } from './own/remove.js';
export type { OnProgress, PullProgress } from './progress.js';
export { type PullOptions, pullImages } from './pull.js';
export type { Answer } from './stacks/answers.js';
export { rootFile } from './stacks/container.js';
export type { ProcessImage } from './stacks/stack.js';
export { type BootableImage, cacheFolder } from './store.js';
export { obtainTool, type Tool } from './tools.js';
export { type Damage, type Verification, type VerifyOptions, verifyStore } from './verify.js';

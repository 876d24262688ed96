export { type Architecture, Catalog, type CatalogEntry, type Labels, loadCatalog } from './catalog.js';
export type { OnProgress, PullProgress } from './progress.js';
export {
  listImages,
  listStored,
  type OfferedImage,
  type PullOptions,
  pullImages,
  storedImage,
} from './pull.js';
export { type BootableImage, cacheFolder } from './store.js';

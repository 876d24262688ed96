import { architectures } from '../catalog-schema.js';
import { diskBuses, firmwares, nicModels } from './appliance.js';
import { diskFormats } from './format.js';

/** What may be said of an image that is added. */
export const bootChoices = {
  architectures,
  buses: diskBuses,
  firmwares,
  formats: diskFormats,
  nics: nicModels,
};

import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { z } from 'zod';
import { architectures } from '../catalog-schema.js';
import type { OnProgress } from '../progress.js';
import type { ImageRecord, ImageStore } from '../store.js';
import { withTemporaryFolder } from '../temporary-folder.js';
import { unpack } from '../unpack.js';
import { applianceSchema } from './appliance.js';
import { takeFile } from './take.js';

/** Raised by hand when the same package would give other bytes. */
const builderVersion = 1;

const three = z.tuple([z.string(), z.string(), z.string()]);

/** A machine whose disk image is a file of a package, as images/catalog/appliances.yaml describes it. */
const recipeSchema = z.strictObject({
  aliases: z.array(z.string()).default([]),
  labels: z.strictObject({ kernel: three, distribution: three }),
  /** What `uname -r` says in it. */
  release: z.string(),
  /** Suite to packages; all of them are unpacked, none is installed. */
  packages: z.record(z.string(), z.array(z.string()).min(1)),
  /** Path of the disk image, OVA or ISO below the unpacked packages. */
  file: z.string(),
  architecture: z.enum(architectures).default('amd64'),
  nics: z.array(z.string()).min(1),
  machine: applianceSchema,
  note: z.string(),
});

export type ApplianceRecipe = z.infer<typeof recipeSchema>;

export const appliancesSchema = z.strictObject({
  appliances: z.record(z.string().regex(/^[a-z][\w.+-]*$/), recipeSchema),
});

/** Identifies how an appliance is made of its package. */
export function applianceRecipe(recipe: ApplianceRecipe): string {
  const hash = createHash('sha256').update(JSON.stringify(recipe)).digest('hex');
  return `appliance-${builderVersion}-${hash.slice(0, 12)}`;
}

/**
 * Puts an appliance out of downloaded packages into the store.
 *
 * @throws CapabilityError when qemu-img is missing, or the packages do not hold what they should
 */
export async function buildAppliance(
  recipe: ApplianceRecipe,
  debs: readonly string[],
  store: ImageStore,
  about: Omit<ImageRecord, 'digest' | 'files' | 'appliance' | 'nics' | 'release' | 'labels'>,
  options: { signal?: AbortSignal | undefined; onProgress?: OnProgress | undefined },
): Promise<ImageRecord> {
  const { architecture, nics, release, labels, machine: appliance } = recipe;
  return withTemporaryFolder(store.folder, (tree) =>
    withTemporaryFolder(store.folder, async (folder) => {
      for (const deb of debs) await unpack(deb, tree);
      const { files } = await takeFile({ ...options, architecture, file: join(tree, recipe.file), folder });
      return store.adopt(folder, files, { ...about, appliance, nics, release, labels });
    }),
  );
}

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { cacheFolder } from '../../images/index.js';

const stateSchema = z.object({
  /** Mark of the lease that holds the engines. */
  mark: z.string().regex(/^[0-9a-f]{16}$/),
  startedAt: z.string(),
  /** Unix socket of the Docker engine. */
  docker: z.string().optional(),
  /** Connection URI of libvirtd. */
  libvirt: z.string().optional(),
});

/** The engines that `stackbed lab up` has started. */
export type LabState = z.infer<typeof stateSchema>;

/** File that says which engines are up; another than the user's own where STACKBED_LAB names it. */
export const labStateFile = () => process.env.STACKBED_LAB || join(cacheFolder(), 'lab.json');

/** What `stackbed lab up` has started and nobody has stopped; undefined when nothing is. */
export async function labEngine(): Promise<LabState | undefined> {
  const text = await readFile(labStateFile(), 'utf8').catch(() => undefined);
  try {
    return text === undefined ? undefined : stateSchema.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}

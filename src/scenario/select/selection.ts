import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { writeFileAtomic } from '../../atomic-file.js';
import { InputError } from '../../errors.js';
import type { Probe } from '../../probe/probe.js';
import type { RunFolder } from '../run-folder.js';

const count = z.int().min(0);

const schema = z.object({
  schema: z.literal('stackbed.selection/1'),
  /** Probes that the pilot was sent: those of the scenario. */
  generated: count,
  /** Machines that the choice went by. */
  pilot: z.array(z.string()),
  /** Pairs of these, and how many all and the kept probes tell apart. */
  pairs: z.object({ of: count, all: count, kept: count }),
  /** By number among those of the scenario, ascending; reasons as `informativeProbes` gives them. */
  kept: z
    .array(
      z.object({
        probe: count,
        why: z.enum(['split', 'gain', 'random']),
        pairs: count,
        bits: z.number().min(0),
      }),
    )
    .min(1),
  /** Over the frames of the kept probes. */
  probes_sha256: z.string(),
});

/** Which of its scenario's probes a run sends to all machines, and why. */
export type Selection = z.infer<typeof schema>;

const fileName = 'selection.json';

/** Keeps a run's selection, whole or not at all. */
export async function writeSelection(folder: RunFolder, selection: Selection): Promise<void> {
  const { kept, ...rest } = selection;
  const lines = kept.map((one) => `    ${JSON.stringify(one)}`).join(',\n');
  const head = JSON.stringify({ ...rest, kept: [] }, null, 2);
  await writeFileAtomic(folder.file(fileName), `${head.replace(/\[\]\n\}$/, `[\n${lines}\n  ]\n}`)}\n`);
}

/** The selection of a run; undefined while it has none. Throws InputError when the file is damaged. */
export async function readSelection(folder: RunFolder): Promise<Selection | undefined> {
  const file = folder.file(fileName);
  if (!existsSync(file)) return undefined;
  const damaged = (why: string) =>
    new InputError(`${file} is no selection of probes: ${why}`, {
      remedy: `remove it; the same is chosen again from the pilot: stackbed run --resume ${folder.path}`,
    });
  let json: unknown;
  try {
    json = JSON.parse(await readFile(file, 'utf8'));
  } catch (error) {
    throw damaged((error as Error).message);
  }
  const { data, error } = schema.safeParse(json);
  if (!data) throw damaged(`${error.issues[0]!.path.join('.')}: ${error.issues[0]!.message}`);
  const { generated, kept } = data;
  const last = kept.reduce((before, { probe }) => (probe > before ? probe : generated), -1);
  if (last >= generated) throw damaged(`its probes are not numbers below ${generated} that rise`);
  return data;
}

/** The selected ones of a scenario's probes. Throws InputError when there are not as many as the selection was made from. */
export function selectedProbes(
  all: readonly Probe[],
  { generated, kept }: Selection,
  folder: RunFolder,
): Probe[] {
  if (generated !== all.length)
    throw new InputError(
      `${folder.file(fileName)} selects from ${generated} probes; the scenario has ${all.length}`,
    );
  return kept.map(({ probe }) => all[probe]!);
}

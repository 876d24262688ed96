import { ABSENT } from '../../dataset/summary.js';
import { TextTable } from '../../dataset/texts.js';
import { frameFields } from '../../packet/frame-fields.js';
import { fields } from '../../probe/fields.js';
import { readFields } from '../../probe/read-fields.js';
import { gatherEvidence } from '../explain/evidence.js';
import type { RunFolder } from '../run-folder.js';
import { fieldNamed, probeNumbered } from './values.js';

/** What a machine answered to the copies of a probe, side by side. */
export interface Copies {
  readonly machine: string;
  readonly probe: number;
  readonly target: 'open' | 'closed';
  /** Fields of the probe, as its first copy carried them. */
  readonly sent: Readonly<Record<string, unknown>>;
  /** Milliseconds from the start of probing to each answer; null for silence. */
  readonly afterMs: readonly (number | null)[];
  /** Fields that any answer has: a value a copy, null where it has none. */
  readonly fields: readonly {
    readonly field: string;
    readonly values: readonly (number | string | null)[];
  }[];
}

/** Throws InputError for what the run does not have, and for damaged files. */
export async function inspectCopies(
  folder: RunFolder,
  {
    machine,
    probe,
    field,
  }: { readonly machine: string; readonly probe: number; readonly field?: string | undefined },
): Promise<Copies> {
  const only = field === undefined ? undefined : fieldNamed(field);
  const { raw, probes, frames } = await gatherEvidence(folder, machine);
  probeNumbered(probe, raw.probes);
  const texts = new TextTable();
  const answers = Array.from({ length: raw.copies }, (_, copy) => {
    const frame = raw.frame(probe, copy);
    const values = new Float64Array(fields.length).fill(ABSENT);
    if (frame) readFields(frame, values, 0, texts);
    return values;
  });
  const rows = fields.map(({ name, kind }, index) => ({
    field: name,
    index,
    values: answers.map((values) => {
      const coded = values[index]!;
      return coded === ABSENT ? null : kind === 'text' ? texts.texts[coded]! : coded;
    }),
  }));
  return {
    ...{ machine, probe, target: probes[probe]!.target, sent: frameFields(frames[probe]!) },
    afterMs: answers.map((_, copy) =>
      raw.has(probe, copy) ? raw.receivedMs[probe * raw.copies + copy]! : null,
    ),
    fields: rows
      .filter(({ index, values }) =>
        only === undefined ? values.some((value) => value !== null) : index === only,
      )
      .map(({ field: name, values }) => ({ field: name, values })),
  };
}

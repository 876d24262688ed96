import { RawResponses } from '../../dataset/raw.js';
import { fieldsOfFrames, summarize } from '../../dataset/summarize.js';
import { ABSENT, NONDET } from '../../dataset/summary.js';
import { TextTable } from '../../dataset/texts.js';
import { fields } from '../../probe/fields.js';
import { readFields } from '../../probe/read-fields.js';

/** How the summary reads the copies of a probe. */
export interface ProbeReading {
  readonly kind: 'response' | 'silence' | 'partial';
  readonly answered: number;
  readonly copies: number;
  /** Fields on which all copies agree; none unless all were answered. */
  readonly agreed: readonly { readonly field: string; readonly value: number | string }[];
  /** Fields on which they differ, with what each copy had, in order; null where it had none. */
  readonly nondeterministic: readonly {
    readonly field: string;
    readonly values: readonly (number | string | null)[];
  }[];
}

/** Reads one probe of the raw responses as the summary of the run does. */
export function readProbe(machine: string, raw: RawResponses, probe: number): ProbeReading {
  const texts = new TextTable();
  const { copies } = raw;
  const alone = new RawResponses(1, copies);
  for (let copy = 0; copy < copies; copy++) {
    const frame = raw.frame(probe, copy);
    if (frame) alone.add(0, copy, frame, 0);
  }
  const { summary } = summarize({
    ...{ machine, texts, fields: fields.length },
    answers: fieldsOfFrames(alone, (frame, out, at) => readFields(frame, out, at, texts)),
  });
  const answered = summary.answers[0]!;
  const kind = answered === copies ? 'response' : answered === 0 ? 'silence' : 'partial';
  if (kind !== 'response') return { kind, answered, copies, agreed: [], nondeterministic: [] };
  const each = Array.from({ length: copies }, (_, copy) => {
    const values = new Float64Array(fields.length);
    readFields(alone.frame(0, copy)!, values, 0, texts);
    return values;
  });
  const decoded = (index: number, coded: number) =>
    coded === ABSENT ? null : fields[index]!.kind === 'text' ? texts.texts[coded]! : coded;
  const named = fields.map(({ name }, index) => ({ field: name, index, coded: summary.values[index]! }));
  return {
    ...{ kind, answered, copies },
    agreed: named.flatMap(({ field, index, coded }) => {
      const value = coded === NONDET ? null : decoded(index, coded);
      return value === null ? [] : [{ field, value }];
    }),
    nondeterministic: named
      .filter(({ coded }) => coded === NONDET)
      .map(({ field, index }) => ({ field, values: each.map((values) => decoded(index, values[index]!)) })),
  };
}

import { RawResponses } from '../../src/dataset/raw.js';
import { RowTable } from '../../src/dataset/row-table.js';
import {
  type Determinism,
  type FieldReader,
  fieldsOfFrames,
  summarize,
} from '../../src/dataset/summarize.js';
import type { FieldSpec, MachineSummary } from '../../src/dataset/summary.js';
import { TextTable } from '../../src/dataset/texts.js';

/** Two fields: the first byte of a response, and its second byte as a text; 255 is absent. */
export const twoFields: readonly FieldSpec[] = [
  { name: 'first', kind: 'number' },
  { name: 'second', kind: 'text' },
];

/** What each copy of each probe was answered: two bytes, or nothing. */
export type Answers = readonly (readonly (readonly [number, number] | undefined)[])[];

export function rawOf(answers: Answers): RawResponses {
  const raw = new RawResponses(answers.length, answers[0]?.length ?? 1);
  for (const [probe, given] of answers.entries())
    for (const [copy, bytes] of given.entries())
      if (bytes) raw.add(probe, copy, Uint8Array.from(bytes), probe);
  return raw;
}

/** The same with an array of its own for its values. */
export function plain({ machine, probes, copies, answers, values, texts }: MachineSummary): MachineSummary {
  return { machine, probes, copies, answers, values, texts };
}

export function summaryOf(
  answers: Answers,
  { machine = 'm1', texts = new TextTable(), rows = new RowTable(twoFields.length) } = {},
): { summary: MachineSummary; determinism: Determinism } {
  const readFields: FieldReader = (frame, out, at) => {
    out[at] = frame[0] === 255 ? -1 : frame[0]!;
    out[at + 1] = frame[1] === 255 ? -1 : texts.index(`text ${frame[1]}`);
  };
  return summarize({
    ...{ machine, fields: twoFields.length, texts, rows },
    answers: fieldsOfFrames(rawOf(answers), readFields),
  });
}

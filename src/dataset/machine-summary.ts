import { fields } from '../probe/fields.js';
import { readFields } from '../probe/read-fields.js';
import type { CompactSummary } from './compact-summary.js';
import { readResponses } from './raw.js';
import { ResponseColumns, type SentFrames } from './response-columns.js';
import { responseLetters } from './response-letters.js';
import type { Responses } from './responses.js';
import type { RowTable } from './row-table.js';
import { ShapeFields } from './shape-fields.js';
import {
  type CopyFields,
  type Determinism,
  type FieldReader,
  fieldsOfFrames,
  summarize,
} from './summarize.js';
import type { TextTable } from './texts.js';

/** A machine whose stored responses are to be summarised. */
export interface StoredMachine {
  readonly machine: string;
  /** Its `responses.parquet`. */
  readonly path: string;
  /** Take the first so many probes; default: all. */
  readonly probes?: number | undefined;
}

export interface SummarizedMachine {
  readonly summary: CompactSummary;
  readonly determinism: Determinism;
  /** `machines[].responses` of the result. */
  readonly letters: string;
}

/** Probes of which the result keeps a letter each. */
const lettersKept = 1000;

/** Reads the responses of a machine and summarises them. Throws InputError on damaged files. */
export async function summarizeMachine(
  { machine, path, probes }: StoredMachine,
  sent: SentFrames,
  texts: TextTable,
  rows: RowTable,
): Promise<SummarizedMachine> {
  const responses = await readResponses(path, sent);
  const taken = Math.min(probes ?? responses.probes, responses.probes);
  const summarized = summarize({
    ...{ machine, fields: fields.length, texts, rows },
    answers: firstOf(fieldsOf(responses, texts), taken),
  });
  return { ...summarized, letters: responseLetters(responses, Math.min(taken, lettersKept)) };
}

function fieldsOf(responses: Responses, texts: TextTable): CopyFields {
  const read: FieldReader = (frame, out, at) => readFields(frame, out, at, texts);
  return responses instanceof ResponseColumns
    ? new ShapeFields(responses, read, fields.length)
    : fieldsOfFrames(responses, read);
}

function firstOf(answers: CopyFields, probes: number): CopyFields {
  return {
    probes,
    copies: answers.copies,
    read: (probe, copy, out, at) => answers.read(probe, copy, out, at),
  };
}

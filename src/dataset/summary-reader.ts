import type { CodedColumn } from './encoded-column.js';
import { unreadable } from './parquet.js';
import { ParquetFile } from './parquet-file.js';
import { ABSENT, type FieldSpec, type MachineSummary, NO_RESPONSE, NONDET, PARTIAL } from './summary.js';
import { TextTable } from './texts.js';

/** What a row group of `summary.parquet` holds. */
export interface StoredSummary {
  /** Its `values` are good until the next one is read. */
  readonly summary: MachineSummary;
  /** Name of the network condition, where the run has some. */
  readonly condition: string | undefined;
}

/** The values of a field in one machine's summary. */
interface FieldValues {
  /** By probe; -1: nothing. */
  readonly codes: Int32Array;
  readonly dictionary: Float64Array;
}

/** Probes of which the values of all fields fit into a cache. */
const block = 512;

/**
 * Reads `summary.parquet`, with one machine in memory at a time: the summaries as they were written, with texts that they
 * share. Throws InputError for a file that is damaged, has other fields, or was written by another program.
 */
export function* readSummaries(path: string, fields: readonly FieldSpec[]): Generator<StoredSummary> {
  using file = ParquetFile.open(path);
  const texts = new TextTable();
  const hasConditions = file.columns.includes('condition');
  const head = ['machine', ...(hasConditions ? ['condition'] : []), 'probe', 'answers', 'copies'];
  if (file.columns.join() !== [...head, ...fields.map(({ name }) => name)].join())
    throw unreadable(path, 'it has not the columns of a summary of this version');
  let values = new Float64Array(0);
  for (const { column, rows } of file.codedGroups()) {
    const only = (name: string): string | number => {
      const { codes, dictionary } = column(name);
      if (dictionary.length !== 1 || codes.includes(-1)) throw notOurs(path);
      return dictionary[0]!;
    };
    if (!areOrdinals(column('probe'))) throw notOurs(path);
    const copies = Number(only('copies'));
    const answers = answersOf(column('answers'));
    if (values.length !== rows * fields.length) values = new Float64Array(rows * fields.length);
    const found = fields.map(({ name, kind }) => {
      const { codes, dictionary } = column(name);
      return { codes, dictionary: kind === 'text' ? placesOf(dictionary, texts) : numeric(dictionary) };
    });
    fill(values, found, answers, copies);
    yield {
      summary: {
        ...{ machine: String(only('machine')), probes: rows, copies, answers, values },
        texts: texts.texts,
      },
      condition: hasConditions ? String(only('condition')) : undefined,
    };
  }
}

const notOurs = (path: string) => unreadable(path, 'its row groups are not each the summary of a machine');

const numeric = (dictionary: CodedColumn['dictionary']) => Float64Array.from(dictionary as Float64Array);

const placesOf = (dictionary: CodedColumn['dictionary'], texts: TextTable) =>
  Float64Array.from(dictionary as string[], (text) => (text === 'NONDET' ? NONDET : texts.index(text)));

function areOrdinals({ codes, dictionary }: CodedColumn): boolean {
  let row = 0;
  while (row < codes.length && dictionary[codes[row]!] === row) row++;
  return row === codes.length;
}

function answersOf({ codes, dictionary }: CodedColumn): Uint16Array {
  const counts = Uint16Array.from(dictionary as Float64Array);
  const answers = new Uint16Array(codes.length);
  for (let row = 0; row < codes.length; row++) answers[row] = counts[codes[row]!]!;
  return answers;
}

/** Writes the values of a summary, probe by probe. */
function fill(
  values: Float64Array,
  fields: readonly FieldValues[],
  answers: Uint16Array,
  copies: number,
): void {
  const width = fields.length;
  for (let from = 0; from < answers.length; from += block) {
    const to = Math.min(from + block, answers.length);
    for (const [field, { codes, dictionary }] of fields.entries())
      for (let probe = from, at = from * width + field; probe < to; probe++, at += width) {
        const code = codes[probe]!;
        values[at] = code < 0 ? ABSENT : dictionary[code]!;
      }
    for (let probe = from; probe < to; probe++)
      if (answers[probe]! < copies)
        values.fill(answers[probe] === 0 ? NO_RESPONSE : PARTIAL, probe * width, (probe + 1) * width);
  }
}

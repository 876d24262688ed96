import { join } from 'node:path';
import { CompactSummary } from './compact-summary.js';
import { readParquetColumns, unreadable, writeParquet } from './parquet.js';
import { RowTable } from './row-table.js';
import type { FieldSpec, MachineSummary } from './summary.js';
import { readSummaries } from './summary-reader.js';
import { writeSummaries } from './summary-store.js';
import { TextTable } from './texts.js';

/** The summarised responses to all probes, each once, numbered from 0; in the form of a run's summary. */
export const responsesName = 'responses.parquet';
/** A row a probe: which of the responses each machine gave to it. */
export const givenName = 'given.parquet';

/** Responses that are written as one row group. */
const part = 1 << 15;
/** Different responses to one probe are counted in two bytes. */
const most = 1 << 16;

/**
 * Writes summaries of equal probes as two tables, a twentieth of the size: machines give the same few responses, and which
 * of them is a small number. What is read back is what was written, to the last value.
 *
 * @param summaries of at least one machine, all with as many probes and copies
 */
export async function writeSharedResponses(
  folder: string,
  summaries: readonly MachineSummary[],
  fields: readonly FieldSpec[],
): Promise<void> {
  const [{ copies, probes }] = summaries as [MachineSummary];
  const texts = new TextTable();
  const table = new RowTable(fields.length);
  const rows = summaries.map((summary) => rowsIn(table, summary, fields, texts));
  const found: number[] = [];
  const answers: number[] = [];
  const first = new Int32Array(probes);
  const given: Uint8Array[] = [];
  for (let probe = 0; probe < probes; probe++) {
    const known = new Map<number, number>();
    first[probe] = found.length;
    const codes = Uint16Array.from(summaries, (summary, machine) => {
      const answered = summary.answers[probe]!;
      const row = rows[machine]![probe]!;
      const key = row * (copies + 1) + answered;
      const before = known.get(key);
      if (before !== undefined) return before;
      found.push(row);
      answers.push(answered);
      known.set(key, known.size);
      return known.size - 1;
    });
    if (known.size > most) throw new RangeError(`${known.size} different responses to a probe`);
    given.push(new Uint8Array(codes.buffer));
  }
  const parts = Array.from({ length: Math.ceil(found.length / part) }, (_, number) => {
    const from = number * part;
    const own = Uint32Array.from(found.slice(from, from + part));
    const counts = Uint16Array.from(answers.slice(from, from + part));
    return new CompactSummary(`part ${number}`, copies, counts, texts.texts, table, own);
  });
  writeSummaries(join(folder, responsesName), parts, fields);
  await writeParquet(
    join(folder, givenName),
    [
      { name: 'probe', type: 'INT32', data: Int32Array.from(first.keys()) },
      { name: 'first', type: 'INT32', data: first },
      { name: 'given', type: 'BYTE_ARRAY', data: given },
    ],
    {
      'stackbed.rows': 'one row a probe',
      'stackbed.first': 'number of the first response to the probe in responses.parquet',
      'stackbed.given':
        'for each machine, in the order of `machines`, two bytes, low first: number less `first`',
      machines: JSON.stringify(summaries.map(({ machine }) => machine)),
    },
  );
}

/** The rows of a summary in a table whose texts are of another dictionary. */
function rowsIn(
  table: RowTable,
  summary: MachineSummary,
  fields: readonly FieldSpec[],
  texts: TextTable,
): Uint32Array {
  const width = fields.length;
  const row = new Float64Array(width);
  const take = (from: Float64Array, at: number) => {
    for (const [field, { kind }] of fields.entries()) {
      const value = from[at + field]!;
      row[field] = kind === 'text' && value >= 0 ? texts.index(summary.texts[value]!) : value;
    }
    return table.add(row);
  };
  if (!(summary instanceof CompactSummary)) {
    const { values } = summary;
    return Uint32Array.from({ length: summary.probes }, (_, probe) => take(values, probe * width));
  }
  const known = new Map<number, number>();
  return summary.rows.map((own) => {
    const place = known.get(own) ?? take(summary.table.row(own), 0);
    known.set(own, place);
    return place;
  });
}

/**
 * Reads what {@link writeSharedResponses} wrote, of the machines that are wanted, in their order. Throws InputError for
 * files that are missing or damaged, and for a machine that is not in them.
 */
export async function readSharedResponses(
  folder: string,
  wanted: readonly string[],
  fields: readonly FieldSpec[],
): Promise<CompactSummary[]> {
  const path = join(folder, givenName);
  const table = new RowTable(fields.length);
  const rows: number[] = [];
  const answers: number[] = [];
  let copies = 0;
  let texts: readonly string[] = [];
  for (const { summary } of readSummaries(join(folder, responsesName), fields)) {
    ({ copies, texts } = summary);
    for (let at = 0; at < summary.probes; at++) {
      rows.push(table.add(summary.values, at * fields.length));
      answers.push(summary.answers[at]!);
    }
  }
  const given = await readParquetColumns(path);
  const machines = JSON.parse(given.metadata.machines ?? '[]') as string[];
  const first = given.numbers('first');
  const blobs = given.bytes('given');
  return wanted.map((machine) => {
    const column = machines.indexOf(machine);
    if (column < 0) throw unreadable(path, `it has no machine ${machine}`);
    const own = new Uint32Array(given.rows);
    const answered = new Uint16Array(given.rows);
    for (let probe = 0; probe < given.rows; probe++) {
      const blob = blobs[probe]!;
      const at = first[probe]! + blob[2 * column]! + 256 * blob[2 * column + 1]!;
      if (blob.length !== 2 * machines.length || at >= rows.length)
        throw unreadable(path, `row ${probe} names no response`);
      own[probe] = rows[at]!;
      answered[probe] = answers[at]!;
    }
    return new CompactSummary(machine, copies, answered, texts, table, own);
  });
}

import { readFile } from 'node:fs/promises';
import { gunzipSync, gzipSync } from 'node:zlib';
import { type FileMetaData, parquetMetadata, parquetRead, parquetReadObjects } from 'hyparquet';
import { type ColumnSource, parquetWriteBuffer } from 'hyparquet-writer';
import { writeFileAtomic } from '../atomic-file.js';
import { InputError } from '../errors.js';
import { isSealBroken, openSeal, seal, sealKey } from './seal.js';

/** A Parquet file's rows and the texts kept in its footer. */
export interface ParquetTable {
  readonly rows: Record<string, unknown>[];
  readonly metadata: Readonly<Record<string, string>>;
}

/** Writes a table atomically: gzip pages, readable by DuckDB, pandas and R, and sealed against damage. */
export async function writeParquet(
  path: string,
  columns: ColumnSource[],
  metadata: Readonly<Record<string, string>> = {},
): Promise<void> {
  const buffer = parquetWriteBuffer({
    columnData: columns,
    codec: 'GZIP',
    compressors: { GZIP: (input) => gzipSync(input, { level: 4 }) },
    kvMetadata: Object.entries({ ...metadata, [sealKey]: openSeal }).map(([key, value]) => ({ key, value })),
    createdBy: 'stackbed',
  });
  const bytes = new Uint8Array(buffer);
  seal(bytes);
  await writeFileAtomic(path, bytes);
}

interface OpenTable {
  readonly file: ArrayBuffer;
  readonly footer: FileMetaData;
  readonly metadata: Readonly<Record<string, string>>;
}

const compressors = { GZIP: (input: Uint8Array) => gunzipSync(input) };

async function openTable(path: string): Promise<OpenTable> {
  const bytes = await readFile(path);
  if (isSealBroken(bytes)) throw new Error('it was changed or damaged after it was written');
  const file = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length) as ArrayBuffer;
  const footer = parquetMetadata(file);
  const entries = (footer.key_value_metadata ?? []).map(({ key, value }) => [key, value ?? '']);
  return { file, footer, metadata: Object.fromEntries(entries) };
}

/** Reads a table. Throws InputError when the file is missing, damaged or not Parquet. */
export async function readParquet(path: string): Promise<ParquetTable> {
  try {
    const { file, footer, metadata } = await openTable(path);
    const rows = await parquetReadObjects({ file, metadata: footer, utf8: false, compressors });
    return { rows, metadata };
  } catch (error) {
    throw unreadable(path, (error as Error).message, error);
  }
}

/** A table's footer texts, and its columns of numbers (64 bits of them as doubles), byte strings and texts. */
export interface ParquetColumns {
  readonly metadata: Readonly<Record<string, string>>;
  readonly rows: number;
  numbers(name: string): Float64Array;
  bytes(name: string): readonly (Uint8Array | null | undefined)[];
  texts(name: string): readonly string[];
}

/** Reads a table by columns, without an object a row. Throws InputError as {@link readParquet}. */
export async function readParquetColumns(path: string): Promise<ParquetColumns> {
  try {
    const { file, footer, metadata } = await openTable(path);
    const rows = Number(footer.num_rows);
    const chunks = new Map<string, { start: number; data: ArrayLike<unknown> }[]>();
    await parquetRead({
      ...{ file, metadata: footer, utf8: false, compressors },
      onChunk: ({ columnName, columnData, rowStart }) => {
        const known = chunks.get(columnName);
        if (known) known.push({ start: rowStart, data: columnData });
        else chunks.set(columnName, [{ start: rowStart, data: columnData }]);
      },
    });
    const of = (name: string) => {
      const found = chunks.get(name);
      if (!found && rows > 0) throw unreadable(path, `it has no column ${name}`);
      return found ?? [];
    };
    return {
      metadata,
      rows,
      numbers: (name) => {
        const all = new Float64Array(rows);
        for (const { start, data } of of(name))
          for (let row = 0; row < data.length; row++) all[start + row] = Number(data[row]);
        return all;
      },
      bytes: (name) => {
        const all = new Array<Uint8Array | null | undefined>(rows);
        for (const { start, data } of of(name))
          for (let row = 0; row < data.length; row++) {
            const value = data[row];
            all[start + row] = value instanceof Uint8Array ? value : null;
          }
        return all;
      },
      texts: (name) => of(name).flatMap(({ data }) => Array.from(data, String)),
    };
  } catch (error) {
    throw unreadable(path, (error as Error).message, error);
  }
}

/** The error for a file of a run directory that does not hold what it should. */
export function unreadable(path: string, why: string, cause?: unknown): InputError {
  return new InputError(`cannot read ${path}: ${why}`, {
    remedy: 'the run directory is damaged or not one of Stackbed: run the scenario again, or --resume it',
    cause,
  });
}

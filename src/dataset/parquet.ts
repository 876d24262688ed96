import { readFile } from 'node:fs/promises';
import { gunzipSync, gzipSync } from 'node:zlib';
import { parquetMetadata, parquetReadObjects } from 'hyparquet';
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

/** Reads a table. Throws InputError when the file is missing, damaged or not Parquet. */
export async function readParquet(path: string): Promise<ParquetTable> {
  try {
    const bytes = await readFile(path);
    if (isSealBroken(bytes)) throw new Error('it was changed or damaged after it was written');
    const file = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length) as ArrayBuffer;
    const footer = parquetMetadata(file);
    const rows = await parquetReadObjects({
      file,
      metadata: footer,
      utf8: false,
      compressors: { GZIP: (input) => gunzipSync(input) },
    });
    const metadata = Object.fromEntries(
      (footer.key_value_metadata ?? []).map(({ key, value }) => [key, value ?? '']),
    );
    return { rows, metadata };
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

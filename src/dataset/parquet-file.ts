import { createHash } from 'node:crypto';
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { type ColumnMetaData, type FileMetaData, parquetMetadata, parquetRead } from 'hyparquet';
import { ColumnDecoder } from './decoded-column.js';
import type { CodedColumn } from './encoded-column.js';
import { unreadable } from './parquet.js';
import { openSeal, sealAt } from './seal.js';

/** Rows of a table, by columns: numbers of 64 bits are bigints, byte strings and texts are bytes. */
export interface RowGroup {
  /** Number of its first row in the table. */
  readonly start: number;
  readonly rows: number;
  /** Throws InputError for a column that was not read. */
  column(name: string): ArrayLike<unknown>;
}

/** Rows of a table by columns, each told by its dictionary. */
export interface CodedGroup {
  readonly rows: number;
  /** Throws InputError for a column that is not in the table, or is not as `encodeColumn` makes them. */
  column(name: string): CodedColumn;
}

const tail = 8;
const chunk = 1 << 20;
const compressors = { GZIP: (input: Uint8Array) => gunzipSync(input) };

/** A Parquet file of any size, read a row group at a time. */
export class ParquetFile implements Disposable {
  readonly metadata: Readonly<Record<string, string>>;
  readonly rows: number;
  /** Names of its columns. */
  readonly columns: readonly string[];
  private readonly decoder = new ColumnDecoder();

  private constructor(
    readonly path: string,
    private readonly file: number,
    private readonly footer: FileMetaData,
  ) {
    const entries = (footer.key_value_metadata ?? []).map(({ key, value }) => [key, value ?? '']);
    this.metadata = Object.fromEntries(entries);
    this.rows = Number(footer.num_rows);
    this.columns = footer.schema.slice(1).map(({ name }) => name);
  }

  /** Throws InputError when the file is missing, damaged or not Parquet: the seal is read first. */
  static open(path: string): ParquetFile {
    let file: number | undefined;
    try {
      file = openSync(path, 'r');
      return new ParquetFile(path, file, parquetMetadata(sealedFooter(file)));
    } catch (error) {
      if (file !== undefined) closeSync(file);
      throw unreadable(path, (error as Error).message, error);
    }
  }

  /** The row groups in their order, with these columns or with all. Throws InputError for one that is damaged. */
  async *groups(columns?: readonly string[]): AsyncGenerator<RowGroup> {
    let start = 0;
    for (const { num_rows: many } of this.footer.row_groups) {
      const rows = Number(many);
      if (rows > 0) yield await this.group(start, rows, columns);
      start += rows;
    }
  }

  /** The row groups in their order, as they are coded; a column is read when it is asked for. */
  *codedGroups(): Generator<CodedGroup> {
    for (const { columns, num_rows: many } of this.footer.row_groups) {
      const rows = Number(many);
      const column = (name: string) => {
        const chunk = columns.find(({ meta_data: meta }) => meta?.path_in_schema.join('.') === name);
        if (!chunk?.meta_data) throw unreadable(this.path, `it has no column ${name}`);
        try {
          return this.coded(chunk.meta_data, rows);
        } catch (error) {
          throw unreadable(this.path, (error as Error).message, error);
        }
      };
      if (rows > 0) yield { rows, column };
    }
  }

  [Symbol.dispose](): void {
    closeSync(this.file);
  }

  private coded(chunk: ColumnMetaData, rows: number): CodedColumn {
    if (chunk.codec !== 'GZIP') throw new Error(`it is compressed as ${chunk.codec}`);
    const from = Number(chunk.dictionary_page_offset ?? chunk.data_page_offset);
    const bytes = new Uint8Array(bytesAt(this.file, from, Number(chunk.total_compressed_size)));
    return this.decoder.decode(bytes, chunk.type, rows);
  }

  private async group(start: number, rows: number, columns?: readonly string[]): Promise<RowGroup> {
    const found = new Map<string, ArrayLike<unknown>>();
    try {
      await parquetRead({
        file: {
          byteLength: fstatSync(this.file).size,
          slice: (from, to) => bytesAt(this.file, from, (to ?? 0) - from),
        },
        ...{ metadata: this.footer, utf8: false, compressors, rowStart: start, rowEnd: start + rows },
        ...(columns && { columns: [...columns] }),
        onChunk: ({ columnName, columnData, rowStart }) => {
          if (rowStart === start && columnData.length === rows) {
            found.set(columnName, columnData);
            return;
          }
          const whole = (found.get(columnName) as unknown[] | undefined) ?? new Array<unknown>(rows);
          for (let row = 0; row < columnData.length; row++) whole[rowStart - start + row] = columnData[row];
          found.set(columnName, whole);
        },
      });
    } catch (error) {
      throw unreadable(this.path, (error as Error).message, error);
    }
    return {
      ...{ start, rows },
      column: (name) => {
        const column = found.get(name);
        if (!column) throw unreadable(this.path, `it has no column ${name}`);
        return column;
      },
    };
  }
}

function bytesAt(file: number, from: number, length: number): ArrayBuffer {
  const bytes = new Uint8Array(length);
  for (let at = 0; at < length; ) {
    const read = readSync(file, bytes, at, length - at, from + at);
    if (read === 0) throw new Error('it ends before its end');
    at += read;
  }
  return bytes.buffer;
}

/** The end of the file from its footer on, once the seal was compared with all before it. */
function sealedFooter(file: number): ArrayBuffer {
  const { size } = fstatSync(file);
  const last = new DataView(bytesAt(file, Math.max(0, size - tail), Math.min(size, tail)));
  const length = size < 2 * tail ? -1 : last.getUint32(0, true);
  if (length < 0 || length > size - 2 * tail + 4)
    throw new Error('it is no Parquet file, or its end is gone');
  const from = size - tail - length;
  const footer = bytesAt(file, from, length + tail);
  const text = Buffer.from(footer);
  const at = sealAt(text);
  if (at < 0) return footer;
  const hash = createHash('sha256');
  for (let next = 0; next < from; next += chunk)
    hash.update(new Uint8Array(bytesAt(file, next, Math.min(chunk, from - next))));
  hash
    .update(text.subarray(0, at))
    .update(openSeal)
    .update(text.subarray(at + openSeal.length));
  if (text.toString('latin1', at, at + openSeal.length) !== hash.digest('hex'))
    throw new Error('it was changed or damaged after it was written');
  return footer;
}

import { gunzipSync } from 'node:zlib';
import type { DataReader } from 'hyparquet';
import { parquetHeader } from 'hyparquet/src/column.js';
import { deltaBinaryUnpack } from 'hyparquet/src/delta.js';
import { readRleBitPackedHybrid } from 'hyparquet/src/encoding.js';
import type { CodedColumn } from './encoded-column.js';

/** Reads the columns of row groups as their pages have them, by their dictionaries: `encodeColumn` undone. */
export class ColumnDecoder {
  /** Levels read last, and the rows that have a value by them: fields of one response are there together. */
  private levels: Uint8Array = new Uint8Array(0);
  private present: Int32Array = new Int32Array(0);
  private rows = 0;

  /**
   * Numbers are doubles, which hold those of 64 bits to 2^53. Throws Error for pages that were not written so.
   *
   * @param bytes the column's pages, each with a header
   */
  decode(bytes: Uint8Array, type: string, rows: number): CodedColumn {
    const reader = readerOf(bytes);
    let dictionary: CodedColumn['dictionary'] | undefined;
    while (reader.offset < bytes.length) {
      const header = parquetHeader(reader);
      const { data_page_header_v2: data, dictionary_page_header: words } = header;
      const page = bytes.subarray(reader.offset, reader.offset + header.compressed_page_size);
      reader.offset += page.length;
      const levels = data?.definition_levels_byte_length ?? 0;
      const body = inflated(page.subarray(levels), header.uncompressed_page_size - levels);
      if (words) {
        dictionary = valuesOf(body, type, 'PLAIN', words.num_values);
        continue;
      }
      if (data?.num_values !== rows) break;
      const isCoded = data.encoding === 'RLE_DICTIONARY';
      const count = rows - data.num_nulls;
      if (!isCoded) dictionary = valuesOf(body, type, data.encoding, count);
      if (!dictionary) break;
      const codes = isCoded ? indicesOf(body, count, dictionary.length) : ordinals(count);
      return {
        codes: count === rows ? codes : this.scattered(codes, page.subarray(0, levels), rows),
        dictionary,
      };
    }
    throw new Error('a column is not in the form that is written');
  }

  /** A code a row, from those of the rows that have one. */
  private scattered(codes: Int32Array, levels: Uint8Array, rows: number): Int32Array {
    if (rows !== this.rows || Buffer.compare(levels, this.levels) !== 0) {
      this.present = presentRows(levels, rows);
      this.levels = levels;
      this.rows = rows;
    }
    const { present } = this;
    if (present.length !== codes.length) throw new Error('its levels and its values do not fit');
    const all = new Int32Array(rows).fill(-1);
    for (let at = 0; at < codes.length; at++) all[present[at]!] = codes[at]!;
    return all;
  }
}

const ordinals = (count: number) => {
  const all = new Int32Array(count);
  for (let at = 0; at < count; at++) all[at] = at;
  return all;
};

function presentRows(levels: Uint8Array, rows: number): Int32Array {
  const flags = new Uint8Array(rows);
  readRleBitPackedHybrid(readerOf(levels), 1, flags, levels.length);
  const present = new Int32Array(rows);
  let count = 0;
  for (let row = 0; row < rows; row++) if (flags[row] === 1) present[count++] = row;
  return present.slice(0, count);
}

const readerOf = (bytes: Uint8Array): DataReader => ({
  view: new DataView(bytes.buffer, bytes.byteOffset, bytes.length),
  offset: 0,
});

function inflated(page: Uint8Array, length: number): Uint8Array {
  // A chunk as large as the page spares zlib its joining of several.
  const bytes = gunzipSync(page, { chunkSize: Math.max(64, length), maxOutputLength: Math.max(1, length) });
  if (bytes.length !== length) throw new Error('a page is shorter than its header says');
  return bytes;
}

function indicesOf(body: Uint8Array, count: number, values: number): Int32Array {
  const indices = new Int32Array(count);
  const width = body[0]!;
  if (width > 0) readRleBitPackedHybrid(readerOf(body.subarray(1)), width, indices, body.length - 1);
  for (let at = 0; at < count; at++) if (indices[at]! >= values) throw new Error('an index has no value');
  return indices;
}

function valuesOf(
  body: Uint8Array,
  type: string,
  encoding: string,
  count: number,
): CodedColumn['dictionary'] {
  const reader = readerOf(body);
  const { view } = reader;
  if (type === 'INT32' && encoding === 'DELTA_BINARY_PACKED') {
    const numbers = new Int32Array(count);
    deltaBinaryUnpack(reader, count, numbers);
    return Float64Array.from(numbers);
  }
  if (encoding !== 'PLAIN') throw new Error(`values are encoded as ${encoding}`);
  if (type === 'INT32') return Float64Array.from({ length: count }, (_, at) => view.getInt32(4 * at, true));
  if (type === 'INT64')
    return Float64Array.from(
      { length: count },
      (_, at) => view.getUint32(8 * at, true) + 2 ** 32 * view.getInt32(8 * at + 4, true),
    );
  if (type !== 'BYTE_ARRAY') throw new Error(`values are of the type ${type}`);
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.length);
  let end = 0;
  return Array.from({ length: count }, () => {
    const start = end + 4;
    end = start + view.getUint32(end, true);
    if (end > bytes.length) throw new Error('a text goes beyond its page');
    return bytes.toString('utf8', start, end);
  });
}

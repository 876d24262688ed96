import { gzipSync } from 'node:zlib';
import type { ColumnChunk, Encoding, ParquetType } from 'hyparquet';
import { ByteWriter } from 'hyparquet-writer';
import { writePageHeader } from 'hyparquet-writer/src/datapage.js';
import { deltaBinaryPack } from 'hyparquet-writer/src/delta.js';
import { writeRleBitPackedHybrid } from 'hyparquet-writer/src/encoding.js';

/** Values of a column: row r has `dictionary[codes[r]]`, or nothing where the code is -1. */
export interface CodedColumn {
  readonly codes: Int32Array;
  readonly dictionary: readonly string[] | Float64Array;
}

/** A column of a row group as it stands in a file; can be handed to another thread. */
export interface EncodedColumn {
  readonly name: string;
  readonly type: ParquetType;
  readonly encodings: readonly Encoding[];
  /** Its pages, each with a header. */
  readonly bytes: Uint8Array;
  /** Of these, the dictionary's; 0 without one. */
  readonly dictionaryBytes: number;
  readonly uncompressed: number;
}

type Type = 'INT32' | 'INT64' | 'BYTE_ARRAY';

/** A column whose values are few beside its rows is told by its dictionary. */
const few = 0.5;
const level = 4;

/** Whole numbers from 0 to rows - 1. */
export function encodeOrdinals(name: string, rows: number): EncodedColumn {
  const page = new ByteWriter();
  deltaBinaryPack(page, Int32Array.from({ length: rows }, (_, row) => row) as unknown as number[], 'INT32');
  const [bytes, uncompressed] = dataPage(page.getBytes(), 'DELTA_BINARY_PACKED', rows, 0, new Uint8Array(0));
  return { name, type: 'INT32', encodings: ['DELTA_BINARY_PACKED'], bytes, dictionaryBytes: 0, uncompressed };
}

/**
 * A column as pages that DuckDB, pandas and R read. `optional`: its schema allows for nothing.
 *
 * Numbers are whole, and below 2^53.
 */
export function encodeColumn(name: string, type: Type, coded: CodedColumn, optional: boolean): EncodedColumn {
  const { codes, dictionary } = coded;
  const rows = codes.length;
  const present = codes.filter((code) => code >= 0);
  const nulls = rows - present.length;
  const levels = optional ? definitionLevels(codes) : new Uint8Array(0);
  if (present.length === 0 || dictionary.length > few * present.length) {
    const plain = plainValues(type, present.length, (at) => dictionary[present[at]!]!);
    const [bytes, uncompressed] = dataPage(plain, 'PLAIN', rows, nulls, levels);
    return { name, type, encodings: ['PLAIN'], bytes, dictionaryBytes: 0, uncompressed };
  }
  const [first, firstSize] = dictionaryPage(type, dictionary);
  const indices = new ByteWriter(1 << 16);
  const width = Math.max(0, 32 - Math.clz32(dictionary.length - 1));
  indices.appendUint8(width);
  writeRleBitPackedHybrid(indices, present as unknown as number[], width);
  const [second, secondSize] = dataPage(indices.getBytes(), 'RLE_DICTIONARY', rows, nulls, levels);
  const bytes = new Uint8Array(first.length + second.length);
  bytes.set(first);
  bytes.set(second, first.length);
  const sizes = { dictionaryBytes: first.length, uncompressed: firstSize + secondSize };
  return { name, type, encodings: ['PLAIN', 'RLE_DICTIONARY'], bytes, ...sizes };
}

/** What the footer says of a column whose pages begin at `offset` of the file. */
export function chunkOf(column: EncodedColumn, rows: number, offset: number): ColumnChunk {
  const { bytes, dictionaryBytes, encodings, name, type, uncompressed } = column;
  return {
    file_offset: BigInt(offset),
    meta_data: {
      ...{ type, encodings: [...encodings], path_in_schema: [name], codec: 'GZIP', num_values: BigInt(rows) },
      total_uncompressed_size: BigInt(uncompressed),
      total_compressed_size: BigInt(bytes.length),
      data_page_offset: BigInt(offset + dictionaryBytes),
      ...(dictionaryBytes > 0 && { dictionary_page_offset: BigInt(offset) }),
    },
  };
}

function definitionLevels(codes: Int32Array): Uint8Array {
  const present = new Uint8Array(codes.length);
  for (let row = 0; row < codes.length; row++) present[row] = codes[row]! < 0 ? 0 : 1;
  const writer = new ByteWriter();
  writeRleBitPackedHybrid(writer, present as unknown as number[], 1);
  return writer.getBytes();
}

function plainValues(type: Type, count: number, value: (at: number) => string | number): Uint8Array {
  if (type === 'BYTE_ARRAY') {
    const texts = Array.from({ length: count }, (_, at) => Buffer.from(value(at) as string));
    const writer = new ByteWriter();
    for (const text of texts) {
      writer.appendUint32(text.length);
      writer.appendBytes(text);
    }
    return writer.getBytes();
  }
  const words = type === 'INT64' ? 2 : 1;
  const bytes = new DataView(new ArrayBuffer(4 * words * count));
  for (let at = 0; at < count; at++) {
    const number = value(at) as number;
    bytes.setInt32(4 * words * at, number, true);
    if (words === 2) bytes.setInt32(8 * at + 4, Math.floor(number / 2 ** 32), true);
  }
  return new Uint8Array(bytes.buffer);
}

/** A page with its header, and its size before compression. */
type Page = readonly [bytes: Uint8Array, uncompressed: number];

function dictionaryPage(type: Type, dictionary: CodedColumn['dictionary']): Page {
  const plain = plainValues(type, dictionary.length, (at) => dictionary[at]!);
  const compressed = gzipSync(plain, { level });
  const writer = new ByteWriter(compressed.length + 64);
  writePageHeader(writer, {
    type: 'DICTIONARY_PAGE',
    uncompressed_page_size: plain.length,
    compressed_page_size: compressed.length,
    dictionary_page_header: { num_values: dictionary.length, encoding: 'PLAIN' },
  });
  const header = writer.offset;
  writer.appendBytes(compressed);
  return [writer.getBytes(), header + plain.length];
}

function dataPage(
  values: Uint8Array,
  encoding: Encoding,
  rows: number,
  nulls: number,
  levels: Uint8Array,
): Page {
  const compressed = gzipSync(values, { level });
  const writer = new ByteWriter(levels.length + compressed.length + 64);
  writePageHeader(writer, {
    type: 'DATA_PAGE_V2',
    uncompressed_page_size: levels.length + values.length,
    compressed_page_size: levels.length + compressed.length,
    data_page_header_v2: {
      ...{ num_values: rows, num_nulls: nulls, num_rows: rows, encoding },
      ...{ definition_levels_byte_length: levels.length, repetition_levels_byte_length: 0 },
      is_compressed: true,
    },
  });
  const header = writer.offset;
  writer.appendBytes(levels);
  writer.appendBytes(compressed);
  return [writer.getBytes(), header + levels.length + values.length];
}

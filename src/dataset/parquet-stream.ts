import { createHash } from 'node:crypto';
import { closeSync, fsyncSync, openSync, writeSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import type { SchemaElement } from 'hyparquet';
import { ByteWriter, type ColumnSource, ParquetWriter } from 'hyparquet-writer';
import { chunkOf, type EncodedColumn } from './encoded-column.js';
import { openSeal, sealKey, sealWith } from './seal.js';

/**
 * Writes a Parquet file a row group at a time, so that no more than one is in memory, with the seal of
 * {@link writeParquet}. The path must be one that nobody reads before `finish`.
 */
export class ParquetStream {
  private readonly file: number;
  private readonly hash = createHash('sha256');
  private readonly bytes = new ByteWriter(1 << 16);
  private readonly writer: ParquetWriter;
  private open = true;

  constructor(path: string, columns: readonly SchemaElement[], metadata: Readonly<Record<string, string>>) {
    this.file = openSync(path, 'wx');
    this.writer = new ParquetWriter({
      writer: this.bytes,
      schema: [{ name: 'root', num_children: columns.length }, ...columns],
      codec: 'GZIP',
      compressors: { GZIP: (input) => gzipSync(input, { level: 4 }) },
      kvMetadata: Object.entries({ ...metadata, [sealKey]: openSeal }).map(([key, value]) => ({
        key,
        value,
      })),
      createdBy: 'stackbed',
      statistics: false,
    });
  }

  /** Appends columns of equal lengths, in the order of the schema, as one row group. */
  append(columnData: ColumnSource[]): void {
    const rows = columnData[0]!.data.length;
    if (rows === 0) return;
    this.writer.write({ columnData, rowGroupSize: rows });
    this.flush();
  }

  /** Appends a row group whose columns, in the order of the schema, are pages already. */
  appendEncoded(rows: number, columns: readonly EncodedColumn[]): void {
    if (rows === 0) return;
    const { writer } = this;
    const start = this.bytes.offset;
    const chunks = columns.map((column) => {
      const chunk = chunkOf(column, rows, this.bytes.offset);
      this.bytes.appendBytes(column.bytes);
      return chunk;
    });
    const size = chunks.reduce((sum, { meta_data: meta }) => sum + meta!.total_uncompressed_size, 0n);
    writer.row_groups.push({
      ...{ columns: chunks, num_rows: BigInt(rows), total_byte_size: size },
      total_compressed_size: BigInt(this.bytes.offset - start),
    });
    writer.num_rows += BigInt(rows);
    this.flush();
  }

  /** Writes the footer and waits until the file is on the disk. */
  finish(): void {
    this.writer.finish();
    const footer = this.bytes.getBytes();
    sealWith(footer, this.hash);
    this.put(footer);
    fsyncSync(this.file);
    this.close();
  }

  close(): void {
    if (this.open) closeSync(this.file);
    this.open = false;
  }

  private flush(): void {
    const bytes = this.bytes.getBytes();
    this.hash.update(bytes);
    this.put(bytes);
    this.bytes.index = 0;
  }

  private put(bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length; ) at += writeSync(this.file, bytes, at);
  }
}

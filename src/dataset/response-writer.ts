import { join } from 'node:path';
import type { SchemaElement } from 'hyparquet';
import { probesDigest } from '../probe/probe.js';
import { writeParquet } from './parquet.js';
import { ParquetStream } from './parquet-stream.js';
import { ShapeCodec } from './response-shape.js';
import { ShapeTable } from './shape-table.js';

/** Footer entry by which a reader knows how responses are stored. */
export const responsesFormat = 'stackbed.responses/2';

const rowsAGroup = 1 << 14;
const required = { repetition_type: 'REQUIRED' } as const;
const unsigned = { ...required, type: 'INT32', converted_type: 'UINT_32' } as const;
const columns: SchemaElement[] = [
  { name: 'probe', type: 'INT32', ...required },
  { name: 'copy', type: 'INT32', ...required },
  { name: 'received_us', type: 'INT64', ...required },
  { name: 'shape', type: 'INT32', ...required },
  { name: 'ip_id', type: 'INT32', ...required },
  { name: 'tcp_seq', ...unsigned },
  { name: 'tcp_ack', ...unsigned },
  { name: 'tcp_window', type: 'INT32', ...required },
  { name: 'tcp_tsval', ...unsigned },
  { name: 'rest', type: 'BYTE_ARRAY', repetition_type: 'OPTIONAL' },
];

/**
 * Stores responses while they come: `responses.parquet`, a row each in the order of arrival, and `shapes.parquet`.
 * Memory is bounded: one row group, the shapes, and a bit for each copy.
 */
export class ResponseWriter implements Disposable {
  private readonly stream: ParquetStream;
  private readonly codec: ShapeCodec;
  private readonly shapes = new ShapeTable();
  private readonly answered: Uint8Array;
  private rows = 0;
  private readonly probe = new Int32Array(rowsAGroup);
  private readonly copy = new Int32Array(rowsAGroup);
  private readonly receivedUs = new Float64Array(rowsAGroup);
  private readonly shape = new Int32Array(rowsAGroup);
  private readonly ipId = new Int32Array(rowsAGroup);
  private readonly tcpSeq = new Uint32Array(rowsAGroup);
  private readonly tcpAck = new Uint32Array(rowsAGroup);
  private readonly tcpWindow = new Int32Array(rowsAGroup);
  private readonly tcpTsval = new Uint32Array(rowsAGroup);
  private readonly rest: (Uint8Array | null)[] = new Array(rowsAGroup).fill(null);

  /** Begins the files in a folder that nobody reads yet; `frames` as the first copies carried them. */
  constructor(
    private readonly folder: string,
    private readonly frames: readonly Uint8Array[],
    copies: number,
  ) {
    this.codec = new ShapeCodec(frames);
    this.answered = new Uint8Array((frames.length * copies + 7) >>> 3);
    this.stream = new ParquetStream(join(folder, 'responses.parquet'), columns, {
      format: responsesFormat,
      probes: String(frames.length),
      copies: String(copies),
      'probes.sha256': probesDigest(frames),
    });
  }

  has(probe: number, copy: number): boolean {
    const index = copy * this.frames.length + probe;
    return (this.answered[index >>> 3]! & (1 << (index & 7))) !== 0;
  }

  /** The first answer counts: later ones for the same probe and copy are refused. `frame` is copied. */
  add(probe: number, copy: number, frame: Uint8Array, receivedMs: number): boolean {
    const index = copy * this.frames.length + probe;
    if (this.has(probe, copy)) return false;
    this.answered[index >>> 3]! |= 1 << (index & 7);
    const row = this.rows++;
    this.probe[row] = probe;
    this.copy[row] = copy;
    this.receivedUs[row] = Math.round(receivedMs * 1000);
    const shape = this.codec.take(probe, copy, frame);
    const id = shape === undefined ? -1 : this.shapes.id(this.codec.rules, shape);
    this.shape[row] = id;
    this.rest[row] = id < 0 ? frame.slice() : null;
    const { residual } = this.codec;
    this.ipId[row] = id < 0 ? 0 : residual.ipId;
    this.tcpSeq[row] = id < 0 ? 0 : residual.tcpSeq;
    this.tcpAck[row] = id < 0 ? 0 : residual.tcpAck;
    this.tcpWindow[row] = id < 0 ? 0 : residual.tcpWindow;
    this.tcpTsval[row] = id < 0 ? 0 : residual.tcpTsval;
    if (this.rows === rowsAGroup) this.flush();
    return true;
  }

  /** Writes what is left and both footers, synced to the disk. */
  async finish(): Promise<void> {
    this.flush();
    this.stream.finish();
    const ids = Array.from({ length: this.shapes.size }, (_, id) => id);
    await writeParquet(join(this.folder, 'shapes.parquet'), [
      { name: 'shape', data: ids, type: 'INT32' },
      { name: 'rules', data: this.shapes.rules, type: 'INT32' },
      { name: 'frame', data: ids.map((id) => this.shapes.shape(id)), type: 'BYTE_ARRAY' },
    ]);
  }

  /** Lets go of the file, finished or not. */
  [Symbol.dispose](): void {
    this.stream.close();
  }

  private flush(): void {
    const { rows } = this;
    const times = this.receivedUs.subarray(0, rows);
    // Whole numbers of 32 bits are packed without BigInt, which takes ten times as long.
    const small = rows === 0 || times.every((us) => us < 2 ** 31);
    const delta = 'DELTA_BINARY_PACKED' as const;
    const number = (name: string, data: Int32Array) =>
      ({ name, data: data.subarray(0, rows), encoding: 'PLAIN' }) as const;
    const long = (name: string, data: Uint32Array) =>
      ({ name, data: Array.from(data.subarray(0, rows)), encoding: 'PLAIN' }) as const;
    this.stream.append([
      { name: 'probe', data: this.probe.subarray(0, rows), encoding: delta },
      { name: 'copy', data: this.copy.subarray(0, rows), encoding: delta },
      {
        name: 'received_us',
        data: small ? Int32Array.from(times) : BigInt64Array.from(Array.from(times, BigInt)),
        encoding: delta,
      },
      number('shape', this.shape),
      number('ip_id', this.ipId),
      long('tcp_seq', this.tcpSeq),
      long('tcp_ack', this.tcpAck),
      number('tcp_window', this.tcpWindow),
      long('tcp_tsval', this.tcpTsval),
      { name: 'rest', data: this.rest.slice(0, rows), encoding: 'PLAIN' },
    ]);
    this.rows = 0;
  }
}

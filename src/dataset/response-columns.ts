import { dirname, join } from 'node:path';
import { maximumCopies } from '../probe/addressing.js';
import { probesDigest } from '../probe/probe.js';
import { readParquetColumns, unreadable } from './parquet.js';
import { ParquetFile, type RowGroup } from './parquet-file.js';
import { type Residual, ShapeCodec } from './response-shape.js';
import { responsesFormat } from './response-writer.js';
import type { Responses } from './responses.js';

/** The probes' frames as their first copies carried them to a machine. */
export type SentFrames = () => readonly Uint8Array[];

/** In {@link ResponseColumns.shape}, where there is no shape: no response, or one that is kept whole. */
export const silence = -1;
export const whole = -2;

/** What responses have in common, by the number of the shape. */
export interface Shapes {
  readonly rules: ArrayLike<number>;
  readonly bodies: readonly (Uint8Array | null | undefined)[];
}

/**
 * The responses of one machine as they are stored, told by their probes: 20 bytes each, whatever their frames. That to
 * copy c of probe p is at p x copies + c.
 */
export class ResponseColumns implements Responses, Readonly<Record<keyof Residual, ArrayLike<number>>> {
  readonly shape: Int32Array;
  readonly ipId: Uint16Array;
  readonly tcpSeq: Uint32Array;
  readonly tcpAck: Uint32Array;
  readonly tcpWindow: Uint16Array;
  readonly tcpTsval: Uint32Array;
  /** Frames that are kept whole, by place. */
  readonly rest = new Map<number, Uint8Array>();
  private readonly codec: ShapeCodec;

  constructor(
    readonly probes: number,
    readonly copies: number,
    /** The probes as their first copies carried them. */
    readonly sent: readonly Uint8Array[],
    readonly shapes: Shapes,
  ) {
    const places = probes * copies;
    this.shape = new Int32Array(places).fill(silence);
    this.ipId = new Uint16Array(places);
    this.tcpSeq = new Uint32Array(places);
    this.tcpAck = new Uint32Array(places);
    this.tcpWindow = new Uint16Array(places);
    this.tcpTsval = new Uint32Array(places);
    this.codec = new ShapeCodec(sent);
  }

  has(probe: number, copy: number): boolean {
    return this.shape[probe * this.copies + copy]! !== silence;
  }

  frame(probe: number, copy: number): Uint8Array | undefined {
    const at = probe * this.copies + copy;
    const shape = this.shape[at]!;
    if (shape < 0) return this.rest.get(at);
    const { rules, bodies } = this.shapes;
    return this.codec.give(probe, copy, rules[shape]!, bodies[shape]!, {
      ipId: this.ipId[at]!,
      tcpSeq: this.tcpSeq[at]!,
      tcpAck: this.tcpAck[at]!,
      tcpWindow: this.tcpWindow[at]!,
      tcpTsval: this.tcpTsval[at]!,
    });
  }
}

const stored = [
  ...['probe', 'copy', 'received_us', 'shape', 'ip_id'],
  ...['tcp_seq', 'tcp_ack', 'tcp_window', 'tcp_tsval', 'rest'],
];

/** Called for each response in the order of arrival, with its place. */
export type OnResponse = (place: number, receivedMs: number) => void;

/**
 * Reads what `ResponseWriter` wrote, a row group at a time; undefined for a file of the first form. Throws InputError
 * for damaged or missing files, for a form that is not known, and when other probes are given than were sent.
 */
export async function readResponseColumns(
  path: string,
  sent?: SentFrames,
  onResponse?: OnResponse,
): Promise<ResponseColumns | undefined> {
  using file = ParquetFile.open(path);
  const { metadata } = file;
  if (metadata.format === undefined) return undefined;
  if (metadata.format !== responsesFormat)
    throw unreadable(path, `its form is ${metadata.format}, and this version reads ${responsesFormat}`);
  if (!sent) throw new Error(`${path} stores responses by their probes, and the probes are not given`);
  const frames = sent();
  if (probesDigest(frames) !== metadata['probes.sha256'])
    throw unreadable(path, 'it is told by other probes than the scenario of its run gives');
  const table = await readParquetColumns(join(dirname(path), 'shapes.parquet'));
  const [probes, copies] = countsOf(path, metadata);
  const shapes = { rules: table.numbers('rules'), bodies: table.bytes('frame') };
  const columns = new ResponseColumns(probes, copies, frames, shapes);
  for await (const group of file.groups(
    onResponse ? stored : stored.filter((name) => name !== 'received_us'),
  ))
    take(group, columns, path, onResponse);
  return columns;
}

/** The probes and copies that a footer names. Throws InputError when these are no such counts. */
export function countsOf(path: string, metadata: Readonly<Record<string, string>>): [number, number] {
  const [probes, copies] = [Number(metadata.probes), Number(metadata.copies)];
  const count = (value: number) => Number.isInteger(value) && value > 0;
  if (!count(probes) || !count(copies) || probes * copies > maximumCopies)
    throw unreadable(path, 'its footer does not say how many probes and copies were sent');
  return [probes, copies];
}

function take(group: RowGroup, to: ResponseColumns, path: string, onResponse?: OnResponse): void {
  const of = (name: string) => group.column(name) as ArrayLike<number>;
  const [probe, copy, shape, ipId] = [of('probe'), of('copy'), of('shape'), of('ip_id')];
  const [tcpSeq, tcpAck, tcpWindow] = [of('tcp_seq'), of('tcp_ack'), of('tcp_window')];
  const [tcpTsval, rest] = [of('tcp_tsval'), group.column('rest')];
  const receivedUs = onResponse && of('received_us');
  const { probes, copies, sent, shapes } = to;
  for (let row = 0; row < group.rows; row++) {
    const [asked, again, form] = [probe[row]!, copy[row]!, shape[row]!];
    const at = asked * copies + again;
    const told = shapes.bodies[form] && sent[asked];
    const frame = told ? undefined : rest[row];
    const known = asked >= 0 && asked < probes && again >= 0 && again < copies && to.shape[at] === silence;
    if (!known || !(told || (frame instanceof Uint8Array && frame.length > 0)))
      throw unreadable(path, `row ${group.start + row} is no response to one of its probe copies`);
    to.shape[at] = told ? form : whole;
    if (!told) to.rest.set(at, frame as Uint8Array);
    to.ipId[at] = ipId[row]!;
    to.tcpSeq[at] = tcpSeq[row]!;
    to.tcpAck[at] = tcpAck[row]!;
    to.tcpWindow[at] = tcpWindow[row]!;
    to.tcpTsval[at] = tcpTsval[row]!;
    if (receivedUs) onResponse(at, Number(receivedUs[row]) / 1000);
  }
}

import { readParquet, unreadable, writeParquet } from './parquet.js';
import { countsOf, type ResponseColumns, readResponseColumns, type SentFrames } from './response-columns.js';
import type { Responses } from './responses.js';

/**
 * The raw responses of one machine: for copy c of probe p the first frame that answered it, at index
 * p x copies + c. Frames lie one behind the other in `bytes`.
 */
export class RawResponses implements Responses {
  private bytes = new Uint8Array(1 << 16);
  private used = 0;
  private readonly starts: Float64Array;
  private readonly lengths: Uint32Array;
  /** Milliseconds from the start of probing to the response; 0 without one. */
  readonly receivedMs: Float64Array;

  constructor(
    readonly probes: number,
    readonly copies: number,
  ) {
    this.starts = new Float64Array(probes * copies);
    this.lengths = new Uint32Array(probes * copies);
    this.receivedMs = new Float64Array(probes * copies);
  }

  has(probe: number, copy: number): boolean {
    return this.lengths[probe * this.copies + copy]! > 0;
  }

  /** Keeps a copy of `frame`. The first answer counts: later ones for the same probe and copy are refused. */
  add(probe: number, copy: number, frame: Uint8Array, receivedMs: number): boolean {
    const index = probe * this.copies + copy;
    if (this.lengths[index]! > 0) return false;
    if (this.used + frame.length > this.bytes.length) {
      const larger = new Uint8Array(Math.max(this.bytes.length * 2, this.used + frame.length));
      larger.set(this.bytes);
      this.bytes = larger;
    }
    this.bytes.set(frame, this.used);
    this.starts[index] = this.used;
    this.lengths[index] = frame.length;
    this.receivedMs[index] = receivedMs;
    this.used += frame.length;
    return true;
  }

  /** The frame, valid until the next `add`; undefined for silence. */
  frame(probe: number, copy: number): Uint8Array | undefined {
    const index = probe * this.copies + copy;
    const length = this.lengths[index]!;
    return length === 0 ? undefined : this.bytes.subarray(this.starts[index]!, this.starts[index]! + length);
  }
}

/** Writes `responses.parquet` in its first form: one row an answered copy, with the whole Ethernet frame. */
export async function writeRaw(path: string, raw: RawResponses): Promise<void> {
  const probe: number[] = [];
  const copy: number[] = [];
  const receivedUs: bigint[] = [];
  const frame: Uint8Array[] = [];
  for (let p = 0; p < raw.probes; p++)
    for (let c = 0; c < raw.copies; c++) {
      const bytes = raw.frame(p, c);
      if (!bytes) continue;
      probe.push(p);
      copy.push(c);
      receivedUs.push(BigInt(Math.round(raw.receivedMs[p * raw.copies + c]! * 1000)));
      frame.push(bytes);
    }
  await writeParquet(
    path,
    [
      { name: 'probe', data: probe, type: 'INT32' },
      { name: 'copy', data: copy, type: 'INT32' },
      { name: 'received_us', data: receivedUs, type: 'INT64' },
      { name: 'frame', data: frame, type: 'BYTE_ARRAY' },
    ],
    { probes: String(raw.probes), copies: String(raw.copies) },
  );
}

/**
 * Reads the responses of a machine, in the form that {@link ResponseWriter} gives them or in the first one, which
 * stores whole frames. `sent`: the probes' frames to this machine, asked for where responses are told by them. Throws
 * InputError when it cannot.
 */
export async function readRaw(path: string, sent?: SentFrames): Promise<RawResponses> {
  const times = new Map<number, number>();
  const columns = await readResponseColumns(path, sent, (place, receivedMs) => times.set(place, receivedMs));
  if (!columns) return readWholeFrames(path);
  const { probes, copies } = columns;
  const raw = new RawResponses(probes, copies);
  for (const [place, receivedMs] of times) {
    const [probe, copy] = [Math.floor(place / copies), place % copies];
    raw.add(probe, copy, columns.frame(probe, copy)!, receivedMs);
  }
  return raw;
}

/** {@link readRaw} without times: in columns where the file has them, which takes less time and memory. */
export async function readResponses(
  path: string,
  sent?: SentFrames,
): Promise<RawResponses | ResponseColumns> {
  return (await readResponseColumns(path, sent)) ?? readWholeFrames(path);
}

async function readWholeFrames(path: string): Promise<RawResponses> {
  const { rows, metadata } = await readParquet(path);
  const [probes, copies] = countsOf(path, metadata);
  const raw = new RawResponses(probes, copies);
  for (const [index, { probe, copy, received_us: receivedUs, frame }] of rows.entries()) {
    const known = isBelow(probe, probes) && isBelow(copy, copies) && typeof receivedUs === 'bigint';
    if (!known || !(frame instanceof Uint8Array) || frame.length === 0)
      throw unreadable(path, `row ${index} is no response to one of its ${probes} x ${copies} probe copies`);
    raw.add(probe, copy, frame, Number(receivedUs) / 1000);
  }
  return raw;
}

function isBelow(value: unknown, bound: number): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value < bound;
}

import { ethernetHeaderLength } from '../packet/ethernet.js';
import { ipProtocol, ipv4Field, ipv4FragmentOffset, ipv4HeaderLength, ipv4Protocol } from '../packet/ipv4.js';
import { tcpMinimumLength } from '../packet/tcp.js';

/**
 * What a stage rewrote in a packet: `offset:hex` for each run of bytes that changed, with a blank between runs.
 * Offsets count from the IPv4 header, in both texts alike; only the last run may differ in length.
 */
export interface Rewritten {
  readonly before: string;
  readonly after: string;
}

const ip = ethernetHeaderLength;
const hexOf = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

/** Where two frames differ: three numbers a run, where it begins and where it ends in the one and in the other. */
export type Runs = readonly number[];

/** Keeps what a frame was while a stage has it. */
export class KeptFrame {
  private kept = new Uint8Array(2048);
  private length = 0;
  private readonly runs: number[] = [];

  get bytes(): Uint8Array {
    return this.kept;
  }

  keep(frame: Uint8Array): void {
    if (frame.length > this.kept.length) this.kept = new Uint8Array(frame.length);
    this.kept.set(frame);
    this.length = frame.length;
  }

  /** Where `frame` differs; valid until it is asked again. */
  differences(frame: Uint8Array): Runs {
    this.runs.length = 0;
    findRuns(this.kept, this.length, frame, frame.length, this.runs);
    return this.runs;
  }
}

/** Bytes from which on a frame is compared as one run: the fixed headers lie where they lay, what follows may move. */
function movableFrom(before: Uint8Array, after: Uint8Array, end: number): number {
  const header = ipv4HeaderLength(before, ip);
  const isTcp = ipv4Protocol(before, ip) === ipProtocol.tcp && ipv4FragmentOffset(before, ip) === 0;
  const fixed =
    isTcp && header === ipv4HeaderLength(after, ip) ? header + tcpMinimumLength : ipv4Field.options;
  return Math.min(end, ip + fixed);
}

function findRuns(a: Uint8Array, aLength: number, b: Uint8Array, bLength: number, found: number[]): void {
  const shorter = Math.min(aLength, bLength);
  const sameLength = aLength === bLength;
  const fixed = sameLength ? aLength : movableFrom(a, b, shorter);
  for (let at = ip; at < fixed; at++) {
    if (a[at] === b[at]) continue;
    const from = at;
    while (at < fixed && a[at] !== b[at]) at++;
    found.push(from, at, at);
  }
  if (sameLength) return;
  let from = fixed;
  while (from < shorter && a[from] === b[from]) from++;
  let same = 0;
  while (same < shorter - from && a[aLength - 1 - same] === b[bLength - 1 - same]) same++;
  found.push(from, aLength - same, bLength - same);
}

/** One run as text; `offset` counts from the IPv4 header. */
export function runText(offset: number, bytes: Uint8Array, from: number, end: number): string {
  let text = `${offset}:`;
  for (let at = from; at < end; at++) text += hexOf[bytes[at]!];
  return text;
}

/**
 * The frame with a rewrite done to it; undone with the rewrite's texts exchanged. Undefined where the frame is not
 * the one that was rewritten.
 */
export function withRewritten(frame: Uint8Array, { before, after }: Rewritten): Uint8Array | undefined {
  const [was, is] = [runsOf(before), runsOf(after)];
  const parts: Uint8Array[] = [];
  let next = 0;
  for (const [index, { offset, bytes }] of was.entries()) {
    const at = ip + offset;
    const there = Buffer.from(frame.subarray(at, at + bytes.length));
    if (at < next || at > frame.length || !there.equals(bytes) || is[index]?.offset !== offset)
      return undefined;
    parts.push(frame.subarray(next, at), is[index].bytes);
    next = at + bytes.length;
  }
  return new Uint8Array(Buffer.concat([...parts, frame.subarray(next)]));
}

function runsOf(text: string): { readonly offset: number; readonly bytes: Buffer }[] {
  return text.split(' ').map((one) => {
    const [offset = '', hex = ''] = one.split(':');
    return { offset: Number(offset), bytes: Buffer.from(hex, 'hex') };
  });
}

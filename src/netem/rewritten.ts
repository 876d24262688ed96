import { ethernetField, ethernetHeaderLength } from '../packet/ethernet.js';
import {
  ipProtocol,
  ipv4Destination,
  ipv4Field,
  ipv4FragmentOffset,
  ipv4HeaderLength,
  ipv4Protocol,
} from '../packet/ipv4.js';
import { tcpMinimumLength } from '../packet/tcp.js';

/**
 * What a stage rewrote in a packet: `offset:hex` for each run of bytes that changed, with a blank between runs.
 * Offsets count from the IPv4 header, in both texts alike; only the last run may differ in length. Of a packet
 * that a stage made it is the whole, and before that nothing.
 */
export interface Rewritten {
  readonly before: string;
  readonly after: string;
}

const ip = ethernetHeaderLength;
const hexOf = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

/** Keeps what a frame was while a stage has it. */
export class KeptFrame {
  private kept = new Uint8Array(2048);
  private length = 0;
  /** Three numbers a run: where it begins, and where it ends in what was kept and in what is there now. */
  readonly runs: number[] = [];
  private found = 0;

  get bytes(): Uint8Array {
    return this.kept;
  }

  /** What was rewritten to make `frame`, or undefined where nothing was. */
  changesIn(frame: Uint8Array): Rewritten | undefined {
    const found = this.differences(frame);
    const [before, after]: [string[], string[]] = [[], []];
    for (let run = 0; run < found; run += 3) {
      const from = this.runs[run]!;
      before.push(runText(from - ip, this.kept, from, this.runs[run + 1]!));
      after.push(runText(from - ip, frame, from, this.runs[run + 2]!));
    }
    return found === 0 ? undefined : { before: before.join(' '), after: after.join(' ') };
  }

  /** A copy of what was kept. */
  frame(): Uint8Array {
    return this.kept.slice(0, this.length);
  }

  keep(frame: Uint8Array): void {
    if (frame.length > this.kept.length) this.kept = new Uint8Array(frame.length);
    this.kept.set(frame);
    this.length = frame.length;
  }

  /** Finds where `frame` differs, or all of its packet where nothing was kept: of `runs` as many numbers count as this returns. */
  differences(frame: Uint8Array): number {
    this.found = 0;
    if (this.length === 0) {
      this.add(ip, ip, frame.length);
      return this.found;
    }
    const sameLength = this.length === frame.length;
    const shorter = Math.min(this.length, frame.length);
    const fixed = sameLength ? this.length : movableFrom(this.kept, frame, shorter);
    for (let at = ip; at < fixed; at++) {
      if (this.kept[at] === frame[at]) continue;
      const from = at;
      while (at < fixed && this.kept[at] !== frame[at]) at++;
      this.add(from, at, at);
    }
    if (!sameLength) this.findMoved(frame, fixed, shorter);
    return this.found;
  }

  private findMoved(frame: Uint8Array, fixed: number, shorter: number): void {
    const { kept, length } = this;
    let from = fixed;
    while (from < shorter && kept[from] === frame[from]) from++;
    let same = 0;
    while (same < shorter - from && kept[length - 1 - same] === frame[frame.length - 1 - same]) same++;
    this.add(from, length - same, frame.length - same);
  }

  private add(from: number, keptEnd: number, end: number): void {
    this.runs[this.found++] = from;
    this.runs[this.found++] = keptEnd;
    this.runs[this.found++] = end;
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

/** The frame of a packet that a stage made about `about`, sent on along its way or back. */
export function madeFrame(about: Uint8Array, after: string): Uint8Array {
  const packet = runsOf(after)[0]!.bytes;
  const made = new Uint8Array(Buffer.concat([about.subarray(0, ip), packet]));
  if (ipv4Destination(made, ip) === ipv4Destination(about, ip)) return made;
  made.set(about.subarray(ethernetField.source, ethernetField.etherType), ethernetField.destination);
  made.set(about.subarray(ethernetField.destination, ethernetField.source), ethernetField.source);
  return made;
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

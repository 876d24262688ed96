import { readUint16, writeUint16 } from '../packet/bytes.js';
import { ethernetHeaderLength } from '../packet/ethernet.js';
import { type KeptFrame, type Rewritten, runText } from './rewritten.js';

const headLength = 6;

/**
 * What stages rewrote, one entry behind the other: the number of runs, and of each run its offset from the IPv4
 * header and both lengths, then both texts' bytes. Numbers are of 16 bits.
 */
export class RewriteLog {
  private bytes = new Uint8Array(1 << 12);
  /** 0 stands for nothing. */
  private used = 1;

  /** Keeps how `frame` differs from what was kept; returns the entry's place, or 0 where it does not differ. */
  add(kept: KeptFrame, frame: Uint8Array): number {
    const found = kept.differences(frame);
    if (found === 0) return 0;
    const { runs } = kept;
    const entry = this.used;
    let at = entry + 2;
    this.reserve(2 + 2 * found + kept.bytes.length + frame.length);
    const { bytes } = this;
    writeUint16(bytes, entry, found / 3);
    for (let run = 0; run < found; run += 3) {
      const from = runs[run]!;
      const beforeEnd = runs[run + 1]!;
      const afterEnd = runs[run + 2]!;
      writeUint16(bytes, at, from - ethernetHeaderLength);
      writeUint16(bytes, at + 2, beforeEnd - from);
      writeUint16(bytes, at + 4, afterEnd - from);
      at += headLength;
      for (let byte = from; byte < beforeEnd; byte++) bytes[at++] = kept.bytes[byte]!;
      for (let byte = from; byte < afterEnd; byte++) bytes[at++] = frame[byte]!;
    }
    this.used = at;
    return entry;
  }

  /** The entry at a place that `add` returned; undefined for 0. */
  at(entry: number): Rewritten | undefined {
    if (entry === 0) return undefined;
    const { bytes } = this;
    const [before, after]: [string[], string[]] = [[], []];
    let at = entry + 2;
    for (let runs = readUint16(bytes, entry); runs > 0; runs--) {
      const offset = readUint16(bytes, at);
      const middle = at + headLength + readUint16(bytes, at + 2);
      const end = middle + readUint16(bytes, at + 4);
      before.push(runText(offset, bytes, at + headLength, middle));
      after.push(runText(offset, bytes, middle, end));
      at = end;
    }
    return { before: before.join(' '), after: after.join(' ') };
  }

  private reserve(more: number): void {
    if (this.used + more <= this.bytes.length) return;
    const larger = new Uint8Array(Math.max(2 * this.bytes.length, this.used + more));
    larger.set(this.bytes);
    this.bytes = larger;
  }
}

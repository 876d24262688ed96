import { createHash } from 'node:crypto';
import type { Direction, PacketIdentity } from './flow.js';
import { RewriteLog } from './rewrite-log.js';
import type { KeptFrame, Rewritten } from './rewritten.js';
import type { PathPacket } from './stage.js';

/** One decision of one stage about one packet. */
export interface Decision extends PacketIdentity, Partial<Rewritten> {
  readonly direction: Direction;
  /** Position of the stage in its direction, from 0. */
  readonly stage: number;
  /** The stage's name: `loss`, `delay`, ... */
  readonly kind: string;
  /** What was decided: `drop`, `hold`, `duplicate`, `emit`, `set`, ... */
  readonly action: string;
  /** The decision's number: delay in microseconds, the TTL set, extra copies, bytes emitted; 0 for a drop. */
  readonly value: number;
}

/** Words a decision: address, ports, ordinal, copy, place (direction, stage, protocol), what was decided. */
const stride = 6;
const reverseBit = 0x8000_0000;
const firstRows = 256;
const hashedAtOnce = 1 << 16;

/** Decisions of a log, made when they are asked for. */
export interface DecisionList extends Iterable<Decision> {
  readonly length: number;
}

/**
 * Every decision of a path, read in the canonical order of packet identity rather than of time. There may be
 * millions: they lie in columns, 40 bytes each and what was rewritten.
 */
export class DecisionLog {
  private rows = 0;
  private words = new Uint32Array(firstRows * stride);
  private values = new Float64Array(firstRows);
  /** Places in `rewrites`, 0 where nothing was rewritten. */
  private entries = new Float64Array(firstRows);
  private readonly rewrites = new RewriteLog();
  private readonly made: { readonly kind: string; readonly action: string }[] = [];
  private readonly numbers = new Map<string, number>();

  get length(): number {
    return this.rows;
  }

  /** The number that stands for an action of a kind of stages in this log. */
  numberOf(kind: string, action: string): number {
    const name = `${kind} ${action}`;
    const number = this.numbers.get(name) ?? this.made.push({ kind, action }) - 1;
    this.numbers.set(name, number);
    return number;
  }

  /** Logs what a stage, of 0 to 2^23-1, decided, by its number; and how a frame differs from what was kept of it. */
  add(
    packet: PathPacket,
    direction: Direction,
    stage: number,
    decided: number,
    value: number,
    kept: KeptFrame | undefined,
    frame = packet.frame,
  ): void {
    if (this.rows === this.values.length) this.grow();
    const at = this.rows * stride;
    const { words } = this;
    words[at] = packet.proberAddress;
    words[at + 1] = (packet.proberPort << 16) | packet.machinePort;
    words[at + 2] = packet.ordinal;
    words[at + 3] = packet.copy;
    words[at + 4] = (direction === 'reverse' ? reverseBit : 0) | (stage << 8) | packet.protocol;
    words[at + 5] = decided;
    this.values[this.rows] = value;
    this.entries[this.rows] = kept ? this.rewrites.add(kept, frame) : 0;
    this.rows++;
  }

  /** The decisions so far by direction, identity and stage: equal for equal scenario and seed. */
  inOrder(): DecisionList {
    // A plain array: its sort goes by runs, and most decisions were made in this order.
    const order = Array.from({ length: this.rows }, (_, row) => row);
    order.sort((a, b) => this.compare(a, b));
    const at = (row: number) => this.at(row);
    return {
      length: order.length,
      *[Symbol.iterator]() {
        for (const row of order) yield at(row);
      },
    };
  }

  sorted(): Decision[] {
    return [...this.inOrder()];
  }

  private at(row: number): Decision {
    const at = row * stride;
    const { words } = this;
    const ports = words[at + 1]!;
    const place = words[at + 4]!;
    const { kind, action } = this.made[words[at + 5]!]!;
    return {
      proberAddress: words[at]!,
      proberPort: ports >>> 16,
      machinePort: ports & 0xffff,
      protocol: place & 0xff,
      ordinal: words[at + 2]!,
      copy: words[at + 3]!,
      direction: place & reverseBit ? 'reverse' : 'forward',
      stage: (place & ~reverseBit) >>> 8,
      kind,
      action,
      value: this.values[row]!,
      ...this.rewrites.at(this.entries[row]!),
    };
  }

  private compare(a: number, b: number): number {
    const { words } = this;
    const [i, j] = [a * stride, b * stride];
    const [place, other] = [words[i + 4]!, words[j + 4]!];
    return (
      (place >>> 31) - (other >>> 31) ||
      words[i]! - words[j]! ||
      words[i + 1]! - words[j + 1]! ||
      (place & 0xff) - (other & 0xff) ||
      words[i + 2]! - words[j + 2]! ||
      words[i + 3]! - words[j + 3]! ||
      place - other ||
      a - b
    );
  }

  private grow(): void {
    const rows = this.rows * 2;
    const words = new Uint32Array(rows * stride);
    words.set(this.words);
    const values = new Float64Array(rows);
    values.set(this.values);
    const entries = new Float64Array(rows);
    entries.set(this.entries);
    Object.assign(this, { words, values, entries });
  }
}

/**
 * SHA-256, hex, over decisions in canonical order. What bytes were is left out: in an answer they are the machine's,
 * which may draw them at random.
 */
export function digestDecisions(decisions: Iterable<Decision>): string {
  const hash = createHash('sha256');
  let text = '';
  for (const d of decisions) {
    text +=
      `${d.direction} ${d.proberAddress}:${d.proberPort} ${d.machinePort} ${d.protocol} ${d.ordinal}.${d.copy} ` +
      `${d.stage} ${d.kind} ${d.action} ${d.value}\n`;
    if (text.length < hashedAtOnce) continue;
    hash.update(text);
    text = '';
  }
  return hash.update(text).digest('hex');
}

import { readUint16, readUint32, writeUint16, writeUint32 } from '../packet/bytes.js';
import { internetChecksum, transportChecksum } from '../packet/checksum.js';
import { addressing } from '../probe/addressing.js';
import { readdress } from '../probe/send-copy.js';

/** What of a response its probe does not foretell: one number a column of `responses.parquet`, 0 when foretold. */
export interface Residual {
  ipId: number;
  tcpSeq: number;
  tcpAck: number;
  tcpWindow: number;
  tcpTsval: number;
}

/** Bits of a shape's `rules`: the field is not 0 but equals the probe's. */
export const rule = {
  /** Two bits, see `tosMasks`. */
  tos: 3,
  ipId: 4,
  /** The sequence number is the probe's acknowledgment number. */
  seqIsAck: 8,
  /** The acknowledgment number is the probe's sequence number and what the shape has in its place, 0..255. */
  ackFollows: 16,
  window: 32,
  tsecr: 64,
} as const;

/** What a TOS can be a copy of: 1 all of the probe's, 2 its DSCP, 3 what Linux's RT_TOS leaves of it. */
export const tosMasks = [0, 0xff, 0xfc, 0x1e] as const;
const ip = 14;
const transport = 34;
const quote = transport + 8;
/** Where a TCP header has what: a shape has neither VLAN nor IP options. */
export const tcpAt = { seq: 38, ack: 42, offset: 46, window: 48, checksum: 50, options: 54 } as const;
const icmpErrors = new Set([3, 4, 5, 11, 12]);
/** Where the TCP header of a probe begins. */
export const firstOf = (frame: Uint8Array) => ip + 4 * (frame[ip]! & 15);

/** Where the timestamps option of a TCP segment without IP options begins, or 0. */
export function timestampsAt(frame: Uint8Array, start: number, end: number): number {
  for (let at = start; at < end; ) {
    const kind = frame[at]!;
    if (kind === 0) return 0;
    if (kind === 1) {
      at++;
      continue;
    }
    const length = at + 1 < end ? frame[at + 1]! : 0;
    if (length < 2) return 0;
    if (kind === 8 && length === 10 && at + 10 <= end) return at;
    at += length;
  }
  return 0;
}

/** `tcp`, `icmp` (an error that quotes its probe) or `ip`; undefined for what is kept as it came. */
export function kindOf(frame: Uint8Array): 'tcp' | 'icmp' | 'ip' | undefined {
  if (frame.length < transport || frame[12] !== 8 || frame[13] !== 0 || frame[ip] !== 0x45) return undefined;
  const end = ip + readUint16(frame, ip + 2);
  if (end > frame.length || end < transport) return undefined;
  if ((readUint16(frame, ip + 6) & 0x3fff) !== 0) return 'ip';
  const header = frame.length > tcpAt.offset ? 4 * (frame[tcpAt.offset]! >>> 4) : 0;
  if (frame[ip + 9] === 6 && header >= 20 && transport + header <= end) return 'tcp';
  return frame[ip + 9] === 1 && end >= quote + 20 && icmpErrors.has(frame[transport]!) ? 'icmp' : 'ip';
}

/**
 * Takes a response apart into its *shape*, what responses to many probes have in common, and a {@link Residual}:
 * whatever follows from the probe (addresses, ports, checksums, numbers that it copies or counts on from) is zero in the
 * shape, or what it differs by. Putting it together again gives the very bytes. One for each machine; not reentrant.
 */
export class ShapeCodec {
  readonly residual: Residual = { ipId: 0, tcpSeq: 0, tcpAck: 0, tcpWindow: 0, tcpTsval: 0 };
  /** Of the last response taken apart. */
  rules = 0;
  private readonly scratch = new Uint8Array(1 << 16);
  private readonly sent = new Uint8Array(1 << 11);

  /** `frames`: the probes as their first copies carried them to this machine. */
  constructor(private readonly frames: readonly Uint8Array[]) {}

  /** The shape, valid until the next call; undefined for a frame that is kept as it came. */
  take(probe: number, copy: number, frame: Uint8Array): Uint8Array | undefined {
    const kind = frame.length > this.scratch.length ? undefined : kindOf(frame);
    if (!kind) return undefined;
    const shape = this.scratch.subarray(0, frame.length);
    shape.set(frame);
    const asked = this.frames[probe]!;
    const { residual } = this;
    residual.tcpSeq = residual.tcpAck = residual.tcpWindow = residual.tcpTsval = 0;
    this.rules = 0;
    // Checksums first: they are over what the frame has, not over what the shape will have.
    this.crossChecksums(shape, kind);
    if (kind === 'tcp') this.takeTcp(shape, asked);
    else if (kind === 'icmp') this.takeQuote(shape, probe, copy);
    const tos = frame[ip + 1]!;
    const copied = tos === 0 ? 0 : tosMasks.findIndex((mask) => mask > 0 && (asked[ip + 1]! & mask) === tos);
    if (copied > 0) {
      this.rules |= copied;
      shape[ip + 1] = 0;
    }
    const id = readUint16(frame, ip + 4);
    const echoed = id > 0 && id === readUint16(asked, ip + 4);
    if (echoed) this.rules |= rule.ipId;
    residual.ipId = echoed ? 0 : id;
    writeUint16(shape, ip + 4, 0);
    this.crossDestination(shape, probe, copy);
    return shape;
  }

  /** The response again, in a buffer of its own. */
  give(probe: number, copy: number, rules: number, shape: Uint8Array, residual: Residual): Uint8Array {
    const frame = shape.slice();
    const kind = kindOf(frame);
    if (!kind) return frame;
    const asked = this.frames[probe]!;
    this.crossDestination(frame, probe, copy);
    writeUint16(frame, ip + 4, rules & rule.ipId ? readUint16(asked, ip + 4) : residual.ipId);
    const copied = rules & rule.tos;
    if (copied > 0) frame[ip + 1] = asked[ip + 1]! & tosMasks[copied]!;
    if (kind === 'tcp') this.giveTcp(frame, asked, rules, residual);
    else if (kind === 'icmp') this.giveQuote(frame, probe, copy);
    this.crossChecksums(frame, kind);
    return frame;
  }

  private crossDestination(frame: Uint8Array, probe: number, copy: number): void {
    const own = addressing.copies + copy * this.frames.length + probe;
    writeUint32(frame, ip + 16, (readUint32(frame, ip + 16) ^ own) >>> 0);
  }

  private crossChecksums(frame: Uint8Array, kind: 'tcp' | 'icmp' | 'ip'): void {
    const end = ip + readUint16(frame, ip + 2);
    const cross = (at: number, right: (() => number) | undefined) => {
      const had = readUint16(frame, at);
      writeUint16(frame, at, 0);
      writeUint16(frame, at, right ? had ^ right() : had);
    };
    cross(ip + 10, () => internetChecksum(frame, ip, transport));
    if (kind === 'icmp') cross(transport + 2, () => internetChecksum(frame, transport, end));
    if (kind === 'tcp')
      cross(tcpAt.checksum, () =>
        transportChecksum(
          frame,
          transport,
          end,
          readUint32(frame, ip + 12),
          readUint32(frame, ip + 16),
          frame[ip + 9]!,
        ),
      );
  }

  private crossPorts(frame: Uint8Array, asked: Uint8Array): void {
    const first = firstOf(asked);
    writeUint16(frame, transport, readUint16(frame, transport) ^ readUint16(asked, first + 2));
    writeUint16(frame, transport + 2, readUint16(frame, transport + 2) ^ readUint16(asked, first));
  }

  private takeTcp(shape: Uint8Array, asked: Uint8Array): void {
    const { residual } = this;
    const first = firstOf(asked);
    this.crossPorts(shape, asked);
    const seq = readUint32(shape, tcpAt.seq);
    if (seq > 0 && seq === readUint32(asked, first + 8)) this.rules |= rule.seqIsAck;
    else residual.tcpSeq = seq;
    writeUint32(shape, tcpAt.seq, 0);
    const ack = readUint32(shape, tcpAt.ack);
    const beyond = (ack - readUint32(asked, first + 4)) >>> 0;
    const follows = ack > 0 && beyond < 256;
    if (follows) this.rules |= rule.ackFollows;
    else residual.tcpAck = ack;
    writeUint32(shape, tcpAt.ack, follows ? beyond : 0);
    const window = readUint16(shape, tcpAt.window);
    if (window > 0 && window === readUint16(asked, first + 14)) this.rules |= rule.window;
    else residual.tcpWindow = window;
    writeUint16(shape, tcpAt.window, 0);
    const at = timestampsAt(shape, tcpAt.options, transport + 4 * (shape[tcpAt.offset]! >>> 4));
    if (at === 0) return;
    residual.tcpTsval = readUint32(shape, at + 2);
    writeUint32(shape, at + 2, 0);
    const echo = readUint32(shape, at + 6);
    if (echo > 0 && echo === sentTimestamp(asked, first)) {
      this.rules |= rule.tsecr;
      writeUint32(shape, at + 6, 0);
    }
  }

  private giveTcp(frame: Uint8Array, asked: Uint8Array, rules: number, residual: Residual): void {
    const first = firstOf(asked);
    this.crossPorts(frame, asked);
    writeUint32(frame, tcpAt.seq, rules & rule.seqIsAck ? readUint32(asked, first + 8) : residual.tcpSeq);
    const follows = (readUint32(frame, tcpAt.ack) + readUint32(asked, first + 4)) >>> 0;
    writeUint32(frame, tcpAt.ack, rules & rule.ackFollows ? follows : residual.tcpAck);
    const window = rules & rule.window ? readUint16(asked, first + 14) : residual.tcpWindow;
    writeUint16(frame, tcpAt.window, window);
    const at = timestampsAt(frame, tcpAt.options, transport + 4 * (frame[tcpAt.offset]! >>> 4));
    if (at === 0) return;
    writeUint32(frame, at + 2, residual.tcpTsval);
    if (rules & rule.tsecr) writeUint32(frame, at + 6, sentTimestamp(asked, first));
  }

  /** The probe as this copy of it was sent. */
  private asSent(probe: number, copy: number): Uint8Array {
    const asked = this.frames[probe]!;
    const sent = this.sent.subarray(0, asked.length);
    sent.set(asked);
    readdress(sent, copy * this.frames.length + probe);
    return sent;
  }

  private takeQuote(shape: Uint8Array, probe: number, copy: number): void {
    const sent = this.asSent(probe, copy);
    const checksum = readUint16(shape, quote + 10);
    writeUint16(shape, quote + 10, 0);
    const error = checksum ^ internetChecksum(shape, quote, quote + 20);
    this.crossQuote(shape, sent, -1);
    writeUint16(shape, quote + 10, error);
  }

  private giveQuote(frame: Uint8Array, probe: number, copy: number): void {
    const error = readUint16(frame, quote + 10);
    this.crossQuote(frame, this.asSent(probe, copy), 1);
    writeUint16(frame, quote + 10, 0);
    writeUint16(frame, quote + 10, error ^ internetChecksum(frame, quote, quote + 20));
  }

  /** Compares quoted bytes with the probe's; its TTL by difference, since every hop takes one from it. */
  private crossQuote(frame: Uint8Array, sent: Uint8Array, sign: 1 | -1): void {
    const length = Math.min(frame.length - quote, sent.length - ip);
    for (let at = 0; at < length; at++)
      if (at === 8) frame[quote + at]! += sign * sent[ip + at]!;
      else frame[quote + at]! ^= sent[ip + at]!;
  }
}

/** The timestamp of a probe, or 0. */
export function sentTimestamp(asked: Uint8Array, first: number): number {
  const at = timestampsAt(asked, first + 20, Math.min(asked.length, first + 4 * (asked[first + 12]! >>> 4)));
  return at === 0 ? 0 : readUint32(asked, at + 2);
}

import { readUint16, writeUint16 } from '../../packet/bytes.js';
import { internetChecksum } from '../../packet/checksum.js';
import { icmpv4Type } from '../../packet/icmpv4.js';
import { ipv4Field, ipv4Flag, ipv4Flags, ipv4HeaderLength, ipv4TotalLength } from '../../packet/ipv4.js';
import type { Stage } from '../stage.js';
import { icmpErrorAbout, mayHaveIcmpError, opposite } from './answer.js';
import { ip, packetEnd } from './edit.js';

export interface MtuSpec {
  readonly kind: 'mtu';
  /** Largest IPv4 packet that fits, bytes, 68..65535 (RFC 791). */
  readonly size: number;
  /** Tell the sender of a packet with DF; false makes a black hole (RFC 2923 section 2.1). */
  readonly icmp: boolean;
  /** Address of the router that tells. */
  readonly router: number;
}

const fragmentationNeeded = 4;
/** Of an option's kind: it goes into every fragment (RFC 791 section 3.1). */
const copiedOption = 0x80;

/** The options that fragments but the first carry, padded to a word. */
function copiedOptions(header: Uint8Array): Uint8Array {
  const kept: number[] = [];
  let at: number = ipv4Field.options;
  while (at < header.length && header[at] !== 0) {
    const length = header[at] === 1 ? 1 : (header[at + 1] ?? 0);
    if (length === 0 || at + length > header.length || (length === 1 && header[at] !== 1)) break;
    if (header[at]! & copiedOption) kept.push(...header.subarray(at, at + length));
    at += length;
  }
  while (kept.length % 4 !== 0) kept.push(0);
  return Uint8Array.from(kept);
}

/**
 * Cuts a frame's IPv4 packet into fragments of at most `size` bytes, in order (RFC 791 section 3.2). A fragment is
 * cut again with its offset kept. Padding behind the packet is not carried on.
 */
export function fragment(frame: Uint8Array, size: number): Uint8Array[] {
  const end = packetEnd(frame);
  const headerLength = ipv4HeaderLength(frame, ip);
  const first = frame.slice(ip, ip + headerLength);
  const options = copiedOptions(first);
  const later = new Uint8Array(ipv4Field.options + options.length);
  later.set(first.subarray(0, ipv4Field.options));
  later.set(options, ipv4Field.options);
  later[ipv4Field.versionIhl] = 0x40 | (later.length >> 2);
  const word = readUint16(first, ipv4Field.flagsFragment);
  const pieces: Uint8Array[] = [];
  let at = ip + headerLength;
  do {
    const header = pieces.length === 0 ? first : later;
    const room = (size - header.length) & ~7;
    const last = end - at <= size - header.length;
    const length = last ? end - at : room;
    const piece = new Uint8Array(ip + header.length + length);
    piece.set(frame.subarray(0, ip));
    piece.set(header, ip);
    piece.set(frame.subarray(at, at + length), ip + header.length);
    writeUint16(piece, ip + ipv4Field.totalLength, header.length + length);
    const more = last ? word & 0x2000 : 0x2000;
    const offset = (word & 0x1fff) + ((at - ip - headerLength) >> 3);
    writeUint16(piece, ip + ipv4Field.flagsFragment, (word & 0xc000) | more | (offset & 0x1fff));
    writeUint16(piece, ip + ipv4Field.checksum, 0);
    writeUint16(piece, ip + ipv4Field.checksum, internetChecksum(piece, ip, ip + header.length));
    pieces.push(piece);
    at += length;
  } while (at < end);
  return pieces;
}

/**
 * A link that carries packets of at most `size` bytes. A larger one with DF is dropped, and its sender told the
 * size that would fit (RFC 1191 section 4); one without is cut into fragments. Packets that are cut off
 * (shorter than they state) are judged by what is there.
 */
export function mtu({ size, icmp, router }: MtuSpec): Stage {
  return {
    kind: 'mtu',
    makes: 'packets',
    text: `mtu ${size}${icmp ? '' : ' no icmp'}`,
    process: (packet, actions) => {
      const { frame, protocol } = packet;
      if (packetEnd(frame) - ip <= size || ipv4TotalLength(frame, ip) === 0) {
        actions.pass();
        return;
      }
      if (ipv4Flags(frame, ip) & ipv4Flag.dontFragment) {
        if (icmp && mayHaveIcmpError(frame, protocol)) {
          const about = { type: icmpv4Type.destinationUnreachable, code: fragmentationNeeded, rest: size };
          actions.emit(opposite(actions.direction), icmpErrorAbout(frame, about, router));
        }
        actions.drop();
        return;
      }
      const pieces = fragment(frame, size);
      packet.frame = pieces.at(-1)!;
      actions.note('fragment', pieces.length);
      for (const piece of pieces.slice(0, -1)) actions.emit(actions.direction, piece);
      actions.pass();
    },
  };
}

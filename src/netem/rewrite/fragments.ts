import { readUint16, writeUint16 } from '../../packet/bytes.js';
import { internetChecksum } from '../../packet/checksum.js';
import {
  ipv4Destination,
  ipv4Field,
  ipv4Flag,
  ipv4Flags,
  ipv4FragmentOffset,
  ipv4HeaderLength,
  ipv4Identification,
  ipv4Protocol,
  ipv4Source,
} from '../../packet/ipv4.js';
import type { Stage, StageProcess } from '../stage.js';
import { ip, isFragment, packetEnd } from './edit.js';

export interface FragmentsSpec {
  readonly kind: 'fragments';
  readonly to: 'drop' | 'reassemble';
}

/** Datagrams that wait for their rest at once; the oldest makes room. */
const mostDatagrams = 64;
const largestPacket = 0xffff;

interface Datagram {
  /** Pieces by offset in bytes, as they came. */
  readonly pieces: Map<number, Uint8Array>;
  /** Bytes of payload, known once the last piece is here. */
  length: number | undefined;
}

function payloadOf(frame: Uint8Array): Uint8Array {
  return frame.subarray(ip + ipv4HeaderLength(frame, ip), packetEnd(frame));
}

/** False for a piece that overlaps another one: the whole datagram is then given up, as in RFC 5722 and Linux. */
function add(datagram: Datagram, frame: Uint8Array): boolean {
  const start = ipv4FragmentOffset(frame, ip) * 8;
  const end = start + payloadOf(frame).length;
  const isLast = !(ipv4Flags(frame, ip) & ipv4Flag.moreFragments);
  if (end > largestPacket || (!isLast && (end - start) % 8 !== 0) || end === start) return false;
  for (const [offset, piece] of datagram.pieces)
    if (start < offset + payloadOf(piece).length && offset < end) return false;
  if (datagram.length !== undefined && (isLast || end > datagram.length)) return false;
  if (isLast) datagram.length = end;
  datagram.pieces.set(start, frame.slice());
  return true;
}

function whole({ pieces, length }: Datagram): Uint8Array | undefined {
  const first = pieces.get(0);
  if (length === undefined || first === undefined) return undefined;
  const headerLength = ipv4HeaderLength(first, ip);
  let held = 0;
  for (const piece of pieces.values()) held += payloadOf(piece).length;
  if (held !== length || headerLength + length > largestPacket) return undefined;
  const frame = new Uint8Array(ip + headerLength + length);
  frame.set(first.subarray(0, ip + headerLength));
  for (const [offset, piece] of pieces) frame.set(payloadOf(piece), ip + headerLength + offset);
  writeUint16(frame, ip + ipv4Field.totalLength, headerLength + length);
  writeUint16(frame, ip + ipv4Field.flagsFragment, readUint16(frame, ip + ipv4Field.flagsFragment) & 0xc000);
  writeUint16(frame, ip + ipv4Field.checksum, 0);
  writeUint16(frame, ip + ipv4Field.checksum, internetChecksum(frame, ip, ip + headerLength));
  return frame;
}

/** Holds back pieces; the one that completes a datagram goes on as the whole of it. */
function reassembling(): StageProcess {
  const waiting = new Map<string, Datagram>();
  return (packet, actions) => {
    const { frame } = packet;
    if (!isFragment(frame)) {
      actions.pass();
      return;
    }
    const ends = `${ipv4Source(frame, ip)} ${ipv4Destination(frame, ip)}`;
    const key = `${ends} ${ipv4Protocol(frame, ip)} ${ipv4Identification(frame, ip)}`;
    const datagram = waiting.get(key) ?? { pieces: new Map(), length: undefined };
    if (!waiting.has(key) && waiting.size >= mostDatagrams) waiting.delete(waiting.keys().next().value!);
    waiting.set(key, datagram);
    const kept = add(datagram, frame);
    const complete = kept ? whole(datagram) : undefined;
    if (!kept || complete) waiting.delete(key);
    if (!complete) {
      actions.drop();
      return;
    }
    packet.frame = complete;
    actions.note('reassemble', datagram.pieces.size);
    actions.pass();
  };
}

/**
 * What becomes of fragments: dropped, as many firewalls do, or put together again as connection tracking and
 * `scrub fragment reassemble` do (RFC 791 section 3.2, pf.conf(5)). Pieces that went into a datagram count as
 * dropped; they wait for their rest without end, 64 datagrams at once.
 */
export function fragments({ to }: FragmentsSpec): Stage {
  const process: StageProcess =
    to === 'reassemble'
      ? reassembling()
      : ({ frame }, actions) => (isFragment(frame) ? actions.drop() : actions.pass());
  return { kind: 'fragments', text: `fragments ${to}`, process };
}

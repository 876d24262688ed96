import { tcpAcknowledgment, tcpFlags, tcpSequence, tcpWindow } from '../../packet/tcp.js';
import { tcpFlag } from '../../packet/tcp-flags.js';
import { tcpOptionKind } from '../../packet/tcp-options.js';
import { segmentLength, sequenceEnd } from './answer.js';
import { optionValueAt } from './tcp-option-walk.js';

/** What a strict firewall knows of one side of a connection. */
interface Peer {
  readonly start: number;
  /** Where what it has sent ends, and what the other side acknowledged of it. */
  end: number;
  acknowledged: number;
  /** The largest window that it announced, bytes. */
  window: number;
  /** Shift of its windows after the handshake (RFC 7323 section 2.2); undefined when it offered none. */
  shift: number | undefined;
}

/** A connection whose handshake a strict firewall has seen. */
export interface StrictConnection {
  readonly opener: Peer;
  answerer: Peer | undefined;
}

const { fin, syn, rst, ack, urg } = tcpFlag;
const handshake = syn | ack | fin | rst | urg;

/** Serial number arithmetic (RFC 1982): how far `a` is ahead of `b`, -2^31 .. 2^31-1. */
function ahead(a: number, b: number): number {
  return (a - b) | 0;
}

function peerOf(frame: Uint8Array, tcp: number): Peer {
  const at = optionValueAt(frame, tcp, tcpOptionKind.windowScale, 3);
  const start = tcpSequence(frame, tcp);
  return {
    start,
    end: sequenceEnd(frame, tcp),
    acknowledged: start,
    window: tcpWindow(frame, tcp),
    shift: at === 0 ? undefined : Math.min(14, frame[at]!),
  };
}

/** The connection that a first segment opens: a SYN without ACK, FIN, RST and URG, and without data. */
export function strictlyOpenedBy(frame: Uint8Array, tcp: number): StrictConnection | undefined {
  if ((tcpFlags(frame, tcp) & handshake) !== syn || segmentLength(frame, tcp) !== 1) return undefined;
  return { opener: peerOf(frame, tcp), answerer: undefined };
}

function answersHandshake(connection: StrictConnection, frame: Uint8Array, tcp: number): boolean {
  const kind = tcpFlags(frame, tcp) & handshake;
  if (tcpAcknowledgment(frame, tcp) !== connection.opener.end) return false;
  if (kind === (rst | ack)) return true;
  if (kind !== (syn | ack)) return false;
  const { opener } = connection;
  opener.acknowledged = opener.end;
  connection.answerer = peerOf(frame, tcp);
  // Windows are scaled only where both sides offered it.
  if (opener.shift === undefined || connection.answerer.shift === undefined)
    opener.shift = connection.answerer.shift = 0;
  return true;
}

function inWindow(sender: Peer, receiver: Peer, frame: Uint8Array, tcp: number): boolean {
  const flags = tcpFlags(frame, tcp);
  const start = tcpSequence(frame, tcp);
  if (flags & rst) return start === sender.acknowledged || start === sender.end;
  if (flags & syn || !(flags & ack)) return false;
  const end = sequenceEnd(frame, tcp);
  const room = Math.max(1, receiver.window);
  const acknowledgment = tcpAcknowledgment(frame, tcp);
  return (
    ahead(end, sender.acknowledged) <= room &&
    ahead(start, sender.acknowledged) >= -room &&
    ahead(acknowledgment, receiver.end) <= 0 &&
    ahead(acknowledgment, receiver.acknowledged) >= -Math.max(1, sender.window)
  );
}

function advance(sender: Peer, receiver: Peer, frame: Uint8Array, tcp: number): void {
  const end = sequenceEnd(frame, tcp);
  const acknowledgment = tcpAcknowledgment(frame, tcp);
  if (ahead(end, sender.end) > 0) sender.end = end;
  if (ahead(acknowledgment, receiver.acknowledged) > 0) receiver.acknowledged = acknowledgment;
  sender.window = Math.max(sender.window, tcpWindow(frame, tcp) * 2 ** (sender.shift ?? 0));
}

/**
 * True for a segment that continues a connection: the handshake as RFC 9293 section 3.5 has it, then segments
 * with ACK inside the windows, and RSTs at exactly the next number (RFC 5961 section 3).
 */
export function strictlyContinues(
  connection: StrictConnection,
  fromOpener: boolean,
  frame: Uint8Array,
  tcp: number,
): boolean {
  const { opener, answerer } = connection;
  if (!answerer)
    return fromOpener
      ? (tcpFlags(frame, tcp) & handshake) === syn && sequenceEnd(frame, tcp) === opener.end
      : answersHandshake(connection, frame, tcp);
  if (!fromOpener && (tcpFlags(frame, tcp) & handshake) === (syn | ack))
    return tcpSequence(frame, tcp) === answerer.start;
  const [sender, receiver] = fromOpener ? [opener, answerer] : [answerer, opener];
  if (!inWindow(sender, receiver, frame, tcp)) return false;
  if (!(tcpFlags(frame, tcp) & rst)) advance(sender, receiver, frame, tcp);
  return true;
}

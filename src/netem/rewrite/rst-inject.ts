import { decodeFrame } from '../../packet/frame.js';
import {
  tcpAcknowledgment,
  tcpDestinationPort,
  tcpFlags,
  tcpSequence,
  tcpSourcePort,
} from '../../packet/tcp.js';
import { formatTcpFlags, tcpFlag } from '../../packet/tcp-flags.js';
import type { Predicate } from '../predicate/parse.js';
import { plain, type Stage } from '../stage.js';
import { opposite, sequenceEnd, tcpAlong, tcpBack } from './answer.js';
import { tcpAt } from './edit.js';

export interface RstInjectSpec {
  readonly kind: 'rst-inject';
  /** Probability that a segment with the flags is answered, 0..1. */
  readonly probability: number;
  /** `tcpFlag` bits that a segment must carry, all of them; 0 for any segment. */
  readonly flags: number;
  /** What a segment must be besides; anything, when left out. */
  readonly match?: Predicate | undefined;
  /** Who is reset. */
  readonly towards: 'sender' | 'receiver' | 'both';
  /** A box in the path takes the segment out, one beside the path cannot. */
  readonly drop: boolean;
}

const hopLimit = 64;

function rstToSender(frame: Uint8Array, tcp: number): Uint8Array {
  const ports = {
    sourcePort: tcpDestinationPort(frame, tcp),
    destinationPort: tcpSourcePort(frame, tcp),
    window: 0,
  };
  if (tcpFlags(frame, tcp) & tcpFlag.ack)
    return tcpBack(
      frame,
      { ...ports, flags: tcpFlag.rst, sequence: tcpAcknowledgment(frame, tcp) },
      hopLimit,
    );
  const flags = tcpFlag.rst | tcpFlag.ack;
  return tcpBack(frame, { ...ports, flags, acknowledgment: sequenceEnd(frame, tcp) }, hopLimit);
}

function rstToReceiver(frame: Uint8Array, tcp: number): Uint8Array {
  const ports = { sourcePort: tcpSourcePort(frame, tcp), destinationPort: tcpDestinationPort(frame, tcp) };
  const fields = { ...ports, window: 0, flags: tcpFlag.rst, sequence: tcpSequence(frame, tcp) };
  return tcpAlong(frame, fields, hopLimit);
}

/**
 * Forges RSTs about segments in flight, as censors and intrusion prevention do (Weaver, Sommer, Paxson, NDSS
 * 2009). The one to the sender has the numbers that RFC 9293 section 3.10.7.1 gives a closed port's; the one to
 * the receiver has the segment's own sequence number and arrives before it. RSTs are not answered.
 */
export function rstInject(spec: RstInjectSpec): Stage {
  const { probability, flags: wanted, match, towards, drop } = spec;
  const which = `${wanted === 0 ? '' : ` flags ${formatTcpFlags(wanted)}`}${match ? ` match ${match.text}` : ''}`;
  return {
    kind: 'rst-inject',
    makes: 'packets',
    text: `rst-inject ${plain(probability * 100)}%${which} towards ${towards}${drop ? ' drop' : ''}`,
    process: (packet, actions) => {
      const { frame } = packet;
      const tcp = tcpAt(frame);
      const flags = tcp === 0 ? tcpFlag.rst : tcpFlags(frame, tcp);
      const chosen =
        !(flags & tcpFlag.rst) &&
        (flags & wanted) === wanted &&
        (match?.test({ packet, direction: actions.direction, frame: decodeFrame(frame) }) ?? true);
      if (!chosen || actions.random(0) >= probability) {
        actions.pass();
        return;
      }
      if (towards !== 'receiver') actions.emit(opposite(actions.direction), rstToSender(frame, tcp));
      if (towards !== 'sender') actions.emit(actions.direction, rstToReceiver(frame, tcp));
      if (drop) actions.drop();
      else actions.pass();
    },
  };
}

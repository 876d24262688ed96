import { ethernetHeaderLength } from '../packet/ethernet.js';
import { ipProtocol, ipv4HeaderLength, ipv4Protocol } from '../packet/ipv4.js';
import { tcpFlags } from '../packet/tcp.js';
import { tcpFlag } from '../packet/tcp-flags.js';
import type { Responses } from './responses.js';

const ip = ethernetHeaderLength;
const synAck = tcpFlag.syn | tcpFlag.ack;

function letter(frame: Uint8Array): string {
  switch (ipv4Protocol(frame, ip)) {
    case ipProtocol.tcp: {
      const flags = tcpFlags(frame, ip + ipv4HeaderLength(frame, ip));
      if ((flags & synAck) === synAck) return 'S';
      return flags & tcpFlag.rst ? 'R' : 'A';
    }
    case ipProtocol.icmp:
      return 'I';
    default:
      return 'U';
  }
}

/** One letter a probe, as `machines[].responses` in the result documents them. */
export function responseLetters(responses: Responses, probes: number): string {
  let text = '';
  for (let probe = 0; probe < probes; probe++) {
    let answered = 0;
    for (let copy = 0; copy < responses.copies; copy++) if (responses.has(probe, copy)) answered++;
    text += answered === 0 ? '.' : answered < responses.copies ? 'p' : letter(responses.frame(probe, 0)!);
  }
  return text;
}

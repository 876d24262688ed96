import type { RawResponses } from '../dataset/raw.js';
import { ethernetHeaderLength } from '../packet/ethernet.js';
import { ipProtocol, ipv4HeaderLength, ipv4Protocol } from '../packet/ipv4.js';
import { tcpFlags } from '../packet/tcp.js';
import { tcpFlag } from '../packet/tcp-flags.js';

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
export function responseLetters(raw: RawResponses, probes: number): string {
  let text = '';
  for (let probe = 0; probe < probes; probe++) {
    let answered = 0;
    let first: Uint8Array | undefined;
    for (let copy = 0; copy < raw.copies; copy++) {
      const frame = raw.frame(probe, copy);
      if (!frame) continue;
      answered++;
      first ??= frame;
    }
    text += first === undefined ? '.' : answered < raw.copies ? 'p' : letter(first);
  }
  return text;
}

import { readUint16 } from '../packet/bytes.js';
import { ethernetHeaderLength } from '../packet/ethernet.js';
import { checkIcmpv4Length, icmpv4Field, icmpv4TypeOf, isIcmpv4Error } from '../packet/icmpv4.js';
import { ipProtocol, ipv4HeaderLength, ipv4Protocol } from '../packet/ipv4.js';

const ip = ethernetHeaderLength;

/**
 * True when an IPv4 frame can be the answer to a probe's frame: TCP with the probe's ports turned round, or
 * an ICMP error that quotes its ports. Addresses are the caller's to compare: they say which probe to ask.
 */
export function answers(frame: Uint8Array, probe: Uint8Array): boolean {
  const probeTcp = ip + ipv4HeaderLength(probe, ip);
  const sourcePort = readUint16(probe, probeTcp);
  const destinationPort = readUint16(probe, probeTcp + 2);
  const transport = ip + ipv4HeaderLength(frame, ip);
  if (ipv4Protocol(frame, ip) === ipProtocol.tcp)
    return (
      frame.length >= transport + 4 &&
      readUint16(frame, transport) === destinationPort &&
      readUint16(frame, transport + 2) === sourcePort
    );
  if (ipv4Protocol(frame, ip) !== ipProtocol.icmp || !checkIcmpv4Length(frame, transport)) return false;
  if (!isIcmpv4Error(icmpv4TypeOf(frame, transport))) return false;
  const quote = transport + icmpv4Field.payload;
  if (frame.length < quote + 20 || ipv4Protocol(frame, quote) !== ipProtocol.tcp) return false;
  const quotedTcp = quote + ipv4HeaderLength(frame, quote);
  return (
    frame.length >= quotedTcp + 4 &&
    readUint16(frame, quotedTcp) === sourcePort &&
    readUint16(frame, quotedTcp + 2) === destinationPort
  );
}

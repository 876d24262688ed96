import { readUint16, readUint32 } from '../packet/bytes.js';
import { ethernetHeaderLength } from '../packet/ethernet.js';
import type { Frame } from '../packet/frame.js';
import { quotedHeaderChecksum } from './icmp-tests.js';
import { type NmapProbe, udpProbe } from './probes.js';

/** What an ICMP error quotes of the packet that it is about. */
export interface Quote {
  /** Bytes of the packet, with its IP header. */
  readonly bytes: number;
  /** Fields that are not as they were sent; the TTL, which every router changes, is not looked at. */
  readonly altered: readonly string[];
}

const headerLength = 20;
const payloadAt = headerLength + 8;

/** Name, place in the IP packet and bytes: 2 or 4. */
const quoted: readonly (readonly [name: string, at: number, bytes: number])[] = [
  ['version-tos', 0, 2],
  ['total-length', 2, 2],
  ['id', 4, 2],
  ['flags-offset', 6, 2],
  ['source', 12, 4],
  ['destination', 16, 4],
  ['source-port', 20, 2],
  ['destination-port', 22, 2],
  ['udp-length', 24, 2],
  ['udp-checksum', 26, 2],
];

/** What the answer to U1 quotes of it; undefined without an answer. */
export function quoteOf(probe: NmapProbe, answer: Frame | undefined): Quote | undefined {
  if (!answer) return undefined;
  const sent = probe.bytes.subarray(ethernetHeaderLength);
  const bytes = answer.payload?.bytes ?? new Uint8Array(0);
  const differs = (at: number, length: number) =>
    at + length <= bytes.length &&
    (length === 2
      ? readUint16(bytes, at) !== readUint16(sent, at)
      : readUint32(bytes, at) !== readUint32(sent, at));
  const altered = quoted.filter(([, at, length]) => differs(at, length)).map(([name]) => name);
  if (bytes.length >= headerLength && quotedHeaderChecksum(bytes, headerLength) !== 'G')
    altered.push('header-checksum');
  if (bytes.subarray(payloadAt).some((byte) => byte !== udpProbe.byte)) altered.push('payload');
  return { bytes: bytes.length, altered };
}

import { readUint16 } from '../packet/bytes.js';
import { internetChecksum } from '../packet/checksum.js';
import { decodeIpv4Packet, type Frame } from '../packet/frame.js';
import { ipv4HeaderLength } from '../packet/ipv4.js';
import { dfTest, dontFragment, type Route, ttlTest } from './answer-tests.js';
import { hexadecimal } from './hexadecimal.js';
import { type NmapProbe, udpProbe } from './probes.js';

const notAnswered = new Map([['R', 'N']]);
/** Bytes of U1 as an IP packet. */
const sentLength = 20 + 8 + udpProbe.length;

/**
 * Hops to the machine by the TTL that it quotes of U1: 1 for the next. One that quotes another TTL than it received
 * makes it any number, as nmap does.
 */
export function distanceOf(probe: NmapProbe, answer: Frame | undefined): number | undefined {
  const quote = answer?.payload && decodeIpv4Packet(answer.payload.bytes).ipv4;
  return quote && probe.sent.ipv4!.ttl - quote.ttl + 1;
}

/** The line U1: the ICMP error for a datagram to a closed port, and what it quotes of the datagram. */
export function udpLine(probe: NmapProbe, answer: Frame | undefined, route: Route): Map<string, string> {
  if (!answer) return notAnswered;
  const bytes = answer.payload?.bytes ?? new Uint8Array(0);
  const quote = decodeIpv4Packet(bytes);
  const { totalLength = 0, identification = 0 } = quote.ipv4 ?? {};
  const udpAt = quote.ipv4 ? ipv4HeaderLength(bytes, 0) : bytes.length;
  const quoted = bytes.subarray(Math.min(bytes.length, udpAt + 8));
  return new Map([
    ['R', 'Y'],
    dfTest(answer),
    ttlTest(answer, route),
    ['IPL', hexadecimal(answer.ipv4!.totalLength ?? 0)],
    ['UN', hexadecimal(answer.icmp!.rest)],
    ['RIPL', totalLength === sentLength ? 'G' : hexadecimal(totalLength)],
    ['RID', identification === udpProbe.identification ? 'G' : hexadecimal(identification)],
    ['RIPCK', quotedHeaderChecksum(bytes, udpAt)],
    ['RUCK', quotedUdpChecksum(probe, bytes, udpAt)],
    ['RUD', quoted.every((byte) => byte === udpProbe.byte) ? 'G' : 'I'],
  ]);
}

/** `G` for a checksum that the quoted header, with whatever TTL it has, agrees with; `Z` for none; else `I`. */
export function quotedHeaderChecksum(bytes: Uint8Array, headerLength: number): string {
  if (headerLength > bytes.length || headerLength < 20) return 'I';
  if (readUint16(bytes, 10) === 0) return 'Z';
  return internetChecksum(bytes, 0, headerLength) === 0 ? 'G' : 'I';
}

function quotedUdpChecksum(probe: NmapProbe, bytes: Uint8Array, udpAt: number): string {
  if (udpAt + 8 > bytes.length) return '0';
  const quoted = readUint16(bytes, udpAt + 6);
  const sent = readUint16(probe.bytes, 14 + ipv4HeaderLength(probe.bytes, 14) + 6);
  return quoted === sent ? 'G' : hexadecimal(quoted);
}

/** The line IE, of the answers to both echo requests; without one of them nothing is said. */
export function echoLine(answers: readonly (Frame | undefined)[], route: Route): Map<string, string> {
  const [first, second] = answers;
  if (!first || !second) return notAnswered;
  return new Map([
    ['R', 'Y'],
    ['DFI', dontFragmentOfEchoes(dontFragment(first), dontFragment(second))],
    ttlTest(first, route),
    ['CD', codesOfEchoes(first.icmp!.code, second.icmp!.code)],
  ]);
}

/** The probes have DF set and not set. */
function dontFragmentOfEchoes(first: boolean, second: boolean): string {
  if (!first && !second) return 'N';
  if (first && !second) return 'S';
  return first && second ? 'Y' : 'O';
}

/** The probes have the codes 9 and 0. */
function codesOfEchoes(first: number, second: number): string {
  if (first === 0 && second === 0) return 'Z';
  if (first === 9 && second === 0) return 'S';
  return first === second ? hexadecimal(first) : 'O';
}

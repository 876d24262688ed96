import { writeUint16 } from '../../../packet/bytes.js';
import { internetChecksum } from '../../../packet/checksum.js';
import type { Frame } from '../../../packet/frame.js';
import { icmpv4Type } from '../../../packet/icmpv4.js';
import { ipv4Field, ipv4Flag, ipv4HeaderLength } from '../../../packet/ipv4.js';
import { udpField, udpHeaderLength } from '../../../packet/udp.js';
import { ip, packetEnd } from '../edit.js';
import { answerFrame } from './tcp-answer.js';
import type { EchoTrait, UnreachableTrait } from './traits.js';

const portUnreachable = 3;
const headers = 28;
/** Bytes of a quote where nothing else is said: a header and eight more (RFC 792). */
const shortQuote = 28;

function headerChecksum(quote: Uint8Array, length: number, wanted: UnreachableTrait['quotedHeaderChecksum']) {
  if (wanted === undefined) return;
  writeUint16(quote, ipv4Field.checksum, 0);
  if (wanted === 'zero') return;
  const right = internetChecksum(quote, 0, length);
  const wrong = right >= 0xfffe ? 1 : right + 1;
  writeUint16(quote, ipv4Field.checksum, wanted === 'right' ? right : wrong);
}

/** What an ICMP error quotes of a datagram, as the trait has it altered and cut. */
function quoteOf(datagram: Uint8Array, trait: UnreachableTrait, usual: number): Uint8Array {
  const quote = datagram.slice(ip, packetEnd(datagram));
  const header = ipv4HeaderLength(quote, 0);
  const { quotedLength, quotedId, quotedHeaderChecksum, quotedUdpChecksum, isQuoteSpoilt } = trait;
  if (quotedLength !== undefined) writeUint16(quote, ipv4Field.totalLength, quotedLength);
  if (quotedId !== undefined) writeUint16(quote, ipv4Field.identification, quotedId);
  headerChecksum(quote, header, quotedHeaderChecksum);
  if (quotedUdpChecksum !== undefined) writeUint16(quote, header + udpField.checksum, quotedUdpChecksum);
  const data = header + udpHeaderLength;
  if (isQuoteSpoilt && data < quote.length) quote[data]! ^= 0xff;
  const length = trait.totalLength === undefined ? usual : Math.max(0, trait.totalLength - headers);
  if (length <= quote.length) return quote.subarray(0, length);
  // A quote that is longer than what it quotes goes on as it ended.
  const longer = new Uint8Array(length).fill(quote.at(-1) ?? 0);
  longer.set(quote);
  return longer;
}

/** The error for a datagram to a closed port: the machine's, `own`, made over, or one from nothing. */
export function unreachableAnswer(
  probe: Frame,
  bytes: Uint8Array,
  trait: UnreachableTrait,
  id: number | undefined,
  own: Frame | undefined,
): Uint8Array {
  const quote = quoteOf(bytes, trait, own?.payload?.bytes.length ?? shortQuote);
  const rest = trait.unused ?? own?.icmp?.rest ?? 0;
  const icmp = { type: icmpv4Type.destinationUnreachable, code: portUnreachable, rest };
  const payload = quote.length > 0 ? { payload: { bytes: quote } } : {};
  return answerFrame(probe, { icmp, ...payload }, trait, id, own);
}

function echoCode(rule: EchoTrait['code'], asked: number, was: number | undefined): number {
  if (rule === 'same') return asked;
  if (rule === 'other') return asked ^ 1;
  return rule ?? was ?? asked;
}

function echoDontFragment({ dontFragment }: EchoTrait, asked: boolean): boolean | undefined {
  if (dontFragment === 'same' || dontFragment === 'opposite') return asked === (dontFragment === 'same');
  return dontFragment && dontFragment === 'set';
}

/** The answer to an echo request: the machine's, `own`, made over, or one from nothing. */
export function echoAnswer(
  probe: Frame,
  trait: EchoTrait,
  id: number | undefined,
  own: Frame | undefined,
): Uint8Array {
  const { code, rest } = probe.icmp!;
  const icmp = { type: icmpv4Type.echoReply, code: echoCode(trait.code, code, own?.icmp?.code), rest };
  const payload = own?.payload ?? probe.payload;
  const dontFragment = echoDontFragment(trait, (probe.ipv4!.flags & ipv4Flag.dontFragment) !== 0);
  return answerFrame(probe, { icmp, ...(payload && { payload }) }, { ttl: trait.ttl, dontFragment }, id, own);
}

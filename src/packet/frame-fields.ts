import { formatIpv4Address } from './address.js';
import { decodeFrame, emitFrame, type Ipv4Packet, quotedPacket, withoutComputed } from './frame.js';
import { ipv4Flag } from './ipv4.js';
import { formatTcpFlags } from './tcp-flags.js';
import { emitTcpOptions, type TcpOption, tcpOptionsLength } from './tcp-options.js';
import { formatTcpOptions } from './tcp-options-text.js';

/** What can be seen of a frame, by field: names as in the summary of a run where it has them, else Wireshark's. */
export type FrameFields = Readonly<Record<string, string | number>>;

/** Said only where they differ from this, or change. */
const usual: FrameFields = {
  'ip.version': 4,
  'ip.ihl': 5,
  'ip.flags.rb': 0,
  'ip.flags.mf': 0,
  'ip.offset': 0,
  'tcp.reserved': 0,
  'tcp.urgent': 0,
};
/** Said by the other fields, unless they change. */
const implied: ReadonlySet<string> = new Set(['ip.proto', 'tcp.offset']);

function optionText(option: TcpOption): string {
  if (option.type === 'timestamps') return `T${option.value}/${option.echo}`;
  if (option.type === 'sack') return `K${option.edges.join('-')}`;
  const text = formatTcpOptions([option]);
  if (!/^[?!]/.test(text)) return text;
  const bytes = new Uint8Array(tcpOptionsLength([option]));
  emitTcpOptions([option], bytes, 0);
  const data = Buffer.from(option.type === 'raw' ? bytes : bytes.subarray(2)).toString('hex');
  return data === '' ? text : `${text}:${data}`;
}

function packetFields({ ipv4, tcp, udp, icmp, payload }: Ipv4Packet): Record<string, string | number> {
  return {
    ...(ipv4 && {
      'ip.src': formatIpv4Address(ipv4.source),
      'ip.dst': formatIpv4Address(ipv4.destination),
      'ip.version': ipv4.version ?? 4,
      'ip.ihl': ipv4.ihl ?? 5,
      'ip.tos': ipv4.tos,
      'ip.len': ipv4.totalLength ?? 0,
      'ip.id': ipv4.identification,
      'ip.flags.rb': ipv4.flags & ipv4Flag.reserved ? 1 : 0,
      'ip.flags.df': ipv4.flags & ipv4Flag.dontFragment ? 1 : 0,
      'ip.flags.mf': ipv4.flags & ipv4Flag.moreFragments ? 1 : 0,
      'ip.offset': ipv4.fragmentOffset * 8,
      'ip.ttl': ipv4.ttl,
      'ip.proto': ipv4.protocol,
    }),
    ...(tcp && {
      'tcp.srcport': tcp.sourcePort,
      'tcp.dstport': tcp.destinationPort,
      'tcp.seq': tcp.sequence,
      'tcp.ack': tcp.acknowledgment,
      'tcp.offset': tcp.dataOffset ?? 0,
      'tcp.reserved': tcp.reserved,
      'tcp.flags': formatTcpFlags(tcp.flags) || 'none',
      'tcp.window': tcp.window,
      'tcp.urgent': tcp.urgentPointer,
      'tcp.options': tcp.options.map(optionText).join(',') || 'none',
    }),
    ...(udp && { 'udp.srcport': udp.sourcePort, 'udp.dstport': udp.destinationPort }),
    ...(icmp && { 'icmp.type': icmp.type, 'icmp.code': icmp.code, 'icmp.rest': icmp.rest }),
    payload: payload?.bytes.length ?? 0,
  };
}

/** False for a fragment. */
export function isWholePacket({ ipv4 }: Ipv4Packet): boolean {
  return !ipv4 || (ipv4.fragmentOffset === 0 && !(ipv4.flags & ipv4Flag.moreFragments));
}

/** Fields of a frame; `checksum` is of all its checksums and lengths, those of ICMP quotes have `quote.` before. */
export function frameFields(bytes: Uint8Array): FrameFields {
  const frame = decodeFrame(bytes);
  const quote = quotedPacket(frame);
  const quoted = Object.entries(quote ? packetFields(quote) : {});
  return {
    ...packetFields(frame),
    ...(isWholePacket(frame) && {
      checksum: Buffer.from(emitFrame(withoutComputed(frame))).equals(bytes) ? 'right' : 'wrong',
    }),
    ...Object.fromEntries(quoted.map(([name, value]) => [`quote.${name}`, value])),
  };
}

/** A field that differs between two frames; undefined where one of them has none such. */
export interface FieldChange {
  readonly field: string;
  readonly before: string | number | undefined;
  readonly after: string | number | undefined;
}

/** The options that changed, where the kinds are what they were; else all. */
function changedOptions(before: string, after: string): [string, string] {
  const [a, b] = [before.split(','), after.split(',')];
  const kind = (text: string | undefined) => text?.replace(/(?<=^[A-Z]|^\?\d+|^!\d+).*/, '');
  if (a.length !== b.length || a.some((text, index) => kind(text) !== kind(b[index]))) return [before, after];
  const differs = (_: string, index: number) => a[index] !== b[index];
  return [a.filter(differs).join(','), b.filter(differs).join(',')];
}

/** Every field in which two frames differ. */
export function frameChanges(before: Uint8Array, after: Uint8Array): FieldChange[] {
  const [a, b] = [frameFields(before), frameFields(after)];
  return [...new Set([...Object.keys(a), ...Object.keys(b)])]
    .filter((field) => a[field] !== b[field])
    .map((field) => {
      const [was, is] = [a[field], b[field]];
      if (!field.endsWith('tcp.options') || was === undefined || is === undefined)
        return { field, before: was, after: is };
      const [options, changed] = changedOptions(String(was), String(is));
      return { field, before: options, after: changed };
    });
}

/** `ip.ttl 64 → 63`. */
export function fieldChangeText({ field, before, after }: FieldChange): string {
  return `${field} ${before ?? 'absent'} → ${after ?? 'absent'}`;
}

/** A whole frame in one line; what is as usual is left out, and so is what an ICMP error quotes. */
export function frameText(bytes: Uint8Array): string {
  return Object.entries(frameFields(bytes))
    .filter(([name, value]) => !name.startsWith('quote.') && value !== usual[name] && !implied.has(name))
    .map(([name, value]) => `${name} ${value}`)
    .join(', ');
}

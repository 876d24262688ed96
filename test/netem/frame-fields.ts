import {
  decodeFrame,
  emitFrame,
  formatIpv4Address,
  formatTcpFlags,
  formatTcpOptions,
  type Ipv4Packet,
  ipv4Flag,
  quotedPacket,
  type TcpOption,
  withoutComputed,
} from '../../src/packet/index.js';

/** What can be seen of a frame, by field, for a table that people read. */
export type Fields = Readonly<Record<string, string | number>>;

function optionText(option: TcpOption): string {
  if (option.type === 'timestamps') return `T${option.value}/${option.echo}`;
  if (option.type === 'sack') return `?5(${option.edges.join('-')})`;
  return formatTcpOptions([option]);
}

function packetFields({ ipv4, tcp, udp, icmp, payload }: Ipv4Packet): Record<string, string | number> {
  return {
    ...(ipv4 && {
      'ip.tos': ipv4.tos,
      'ip.length': ipv4.totalLength!,
      'ip.id': ipv4.identification,
      'ip.df': ipv4.flags & ipv4Flag.dontFragment ? 1 : 0,
      'ip.mf': ipv4.flags & ipv4Flag.moreFragments ? 1 : 0,
      'ip.offset': ipv4.fragmentOffset * 8,
      'ip.ttl': ipv4.ttl,
      'ip.source': formatIpv4Address(ipv4.source),
      'ip.destination': formatIpv4Address(ipv4.destination),
    }),
    ...(tcp && {
      'tcp.source': tcp.sourcePort,
      'tcp.destination': tcp.destinationPort,
      'tcp.seq': tcp.sequence,
      'tcp.ack': tcp.acknowledgment,
      'tcp.reserved': tcp.reserved,
      'tcp.flags': formatTcpFlags(tcp.flags) || 'none',
      'tcp.window': tcp.window,
      'tcp.urgent': tcp.urgentPointer,
      'tcp.options': tcp.options.map(optionText).join(',') || 'none',
    }),
    ...(udp && { 'udp.source': udp.sourcePort, 'udp.destination': udp.destinationPort }),
    ...(icmp && { 'icmp.type': icmp.type, 'icmp.code': icmp.code, 'icmp.rest': icmp.rest }),
    payload: payload?.bytes.length ?? 0,
  };
}

/** False for a fragment. */
export function isWhole(bytes: Uint8Array): boolean {
  const { flags, fragmentOffset } = decodeFrame(bytes).ipv4!;
  return fragmentOffset === 0 && !(flags & ipv4Flag.moreFragments);
}

export function fieldsOf(bytes: Uint8Array): Fields {
  const frame = decodeFrame(bytes);
  const right = Buffer.from(emitFrame(withoutComputed(frame))).equals(Buffer.from(bytes));
  const quote = quotedPacket(frame);
  const quoted = Object.entries(quote ? packetFields(quote) : {}).map(([name, value]) => [
    `quote.${name}`,
    value,
  ]);
  return {
    ...packetFields(frame),
    ...(isWhole(bytes) && { checksum: right ? 'right' : 'wrong' }),
    ...Object.fromEntries(quoted),
  };
}

/** `field: before -> after` for each field that differs. */
export function differences(before: Uint8Array, after: Uint8Array): string[] {
  const [a, b] = [fieldsOf(before), fieldsOf(after)];
  return [...new Set([...Object.keys(a), ...Object.keys(b)])]
    .filter((name) => a[name] !== b[name])
    .map((name) => `${name}: ${a[name] ?? 'absent'} -> ${b[name] ?? 'absent'}`);
}

/** A whole frame in one line. */
export function summary(frame: Uint8Array): string {
  return Object.entries(fieldsOf(frame))
    .filter(
      ([name, value]) =>
        !name.startsWith('quote.') && !(value === 0 && /mf|offset|urgent|reserved/.test(name)),
    )
    .map(([name, value]) => `${name} ${value}`)
    .join(', ');
}

import {
  decodeFrame,
  ethernetHeaderLength,
  type Frame,
  formatIpv4Address,
  formatMac,
  type Ipv4,
  internetChecksum,
  ipProtocol,
  ipv4Flag,
  type ReadPacket,
  type TcpOption,
  tcpOptionKindOf,
  tcpOptionLength,
  transportChecksum,
} from '../../src/packet/index.js';

/**
 * One packet as `tshark -T fields -E aggregator=; -e FIELD ...` prints it: a column a field, the values of a field
 * that occurs several times joined with semicolons, the empty string where it does not occur.
 */
export type TsharkRow = string[];

/** Every field that is compared with tshark. */
export const tsharkFields = [
  ...['frame.time_epoch', 'frame.interface_name', 'frame.comment', 'frame.len'],
  ...['eth.dst', 'eth.src', 'eth.type'],
  ...['arp.opcode', 'arp.src.hw_mac', 'arp.src.proto_ipv4', 'arp.dst.hw_mac', 'arp.dst.proto_ipv4'],
  ...[
    'ip.version',
    'ip.hdr_len',
    'ip.dsfield',
    'ip.len',
    'ip.id',
    'ip.flags.rb',
    'ip.flags.df',
    'ip.flags.mf',
  ],
  ...['ip.frag_offset', 'ip.ttl', 'ip.proto', 'ip.checksum', 'ip.checksum.status', 'ip.src', 'ip.dst'],
  ...['tcp.srcport', 'tcp.dstport', 'tcp.seq_raw', 'tcp.ack_raw', 'tcp.hdr_len', 'tcp.flags'],
  ...['tcp.window_size_value', 'tcp.checksum', 'tcp.checksum.status', 'tcp.urgent_pointer', 'tcp.len'],
  ...['tcp.option_kind', 'tcp.option_len', 'tcp.options.mss_val', 'tcp.options.wscale.shift'],
  ...['tcp.options.sack_le', 'tcp.options.sack_re', 'tcp.options.timestamp.tsval'],
  ...['tcp.options.timestamp.tsecr', 'tcp.options.md5.digest', 'tcp.options.user_to_granularity'],
  ...['tcp.options.user_to_val', 'tcp.options.tfo.cookie', 'tcp.options.acc_ecn.ee0b'],
  ...['tcp.options.acc_ecn.eceb', 'tcp.options.acc_ecn.ee1b', 'tcp.options.unknown.payload'],
  ...['udp.srcport', 'udp.dstport', 'udp.length', 'udp.checksum', 'udp.checksum.status', 'udp.payload'],
  ...['icmp.type', 'icmp.code', 'icmp.checksum', 'icmp.checksum.status'],
] as const;

type Name = (typeof tsharkFields)[number];
type Value = string | number | undefined;

const word = (value: number, digits = 4) => `0x${value.toString(16).padStart(digits, '0')}`;
const octets = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');
const flag = (set: number) => (set ? '1' : '0');
const status = (good: boolean) => (good ? '1' : '0');

/** What our codec makes of a captured packet, in tshark's words. */
export function asTshark(packet: ReadPacket): TsharkRow {
  const columns = new Map<Name, string[]>();
  const add = (name: Name, ...values: Value[]) => {
    const present = values.filter((value) => value !== undefined).map(String);
    columns.set(name, [...(columns.get(name) ?? []), ...present]);
  };
  const seconds = packet.timestamp / 1_000_000_000n;
  add('frame.time_epoch', `${seconds}.${String(packet.timestamp % 1_000_000_000n).padStart(9, '0')}`);
  add('frame.interface_name', packet.interface.name);
  add('frame.comment', packet.comment);
  add('frame.len', packet.originalLength);
  addFrame(add, decodeFrame(packet.bytes), packet.bytes);
  return tsharkFields.map((field) => columns.get(field)?.join(';') ?? '');
}

type Add = (name: Name, ...values: Value[]) => void;

function addFrame(add: Add, frame: Frame, bytes: Uint8Array): void {
  const { ethernet, arp, ipv4 } = frame;
  add('eth.dst', ethernet && formatMac(ethernet.destination));
  add('eth.src', ethernet && formatMac(ethernet.source));
  add('eth.type', ethernet && word(ethernet.etherType));
  if (arp) {
    add('arp.opcode', arp.operation);
    add('arp.src.hw_mac', formatMac(arp.senderMac));
    add('arp.src.proto_ipv4', formatIpv4Address(arp.senderAddress));
    add('arp.dst.hw_mac', formatMac(arp.targetMac));
    add('arp.dst.proto_ipv4', formatIpv4Address(arp.targetAddress));
  }
  if (!ipv4) return;
  const at = ethernetHeaderLength;
  const transportAt = at + ipv4.ihl! * 4;
  add('ip.version', ipv4.version);
  add('ip.hdr_len', ipv4.ihl! * 4);
  add('ip.dsfield', word(ipv4.tos, 2));
  add('ip.len', ipv4.totalLength);
  add('ip.id', word(ipv4.identification));
  add('ip.flags.rb', flag(ipv4.flags & ipv4Flag.reserved));
  add('ip.flags.df', flag(ipv4.flags & ipv4Flag.dontFragment));
  add('ip.flags.mf', flag(ipv4.flags & ipv4Flag.moreFragments));
  add('ip.frag_offset', ipv4.fragmentOffset);
  add('ip.ttl', ipv4.ttl);
  add('ip.proto', ipv4.protocol);
  add('ip.checksum', word(ipv4.checksum!));
  add('ip.checksum.status', status(internetChecksum(bytes, at, transportAt) === 0));
  add('ip.src', formatIpv4Address(ipv4.source));
  add('ip.dst', formatIpv4Address(ipv4.destination));
  addTransport(add, frame, ipv4, bytes.subarray(transportAt, at + ipv4.totalLength!));
}

function addTransport(add: Add, frame: Frame, ipv4: Ipv4, segment: Uint8Array): void {
  const { tcp, udp, icmp, payload } = frame;
  // Of a fragment tshark verifies no transport checksum and states no TCP length.
  const fragment = (ipv4.flags & ipv4Flag.moreFragments) !== 0;
  const verify = (protocol: number) =>
    fragment
      ? '2'
      : status(transportChecksum(segment, 0, segment.length, ipv4.source, ipv4.destination, protocol) === 0);
  if (tcp) {
    add('tcp.srcport', tcp.sourcePort);
    add('tcp.dstport', tcp.destinationPort);
    add('tcp.seq_raw', tcp.sequence);
    add('tcp.ack_raw', tcp.acknowledgment);
    add('tcp.hdr_len', tcp.dataOffset! * 4);
    add('tcp.flags', word((tcp.reserved << 8) | tcp.flags));
    add('tcp.window_size_value', tcp.window);
    add('tcp.checksum', word(tcp.checksum!));
    add('tcp.checksum.status', verify(ipProtocol.tcp));
    add('tcp.urgent_pointer', tcp.urgentPointer);
    add('tcp.len', fragment ? undefined : (payload?.bytes.length ?? 0));
    for (const option of tcp.options) addOption(add, option);
  }
  if (udp) {
    add('udp.srcport', udp.sourcePort);
    add('udp.dstport', udp.destinationPort);
    add('udp.length', udp.length);
    add('udp.checksum', word(udp.checksum!));
    add('udp.checksum.status', udp.checksum === 0 ? '3' : verify(ipProtocol.udp));
    add('udp.payload', payload && octets(payload.bytes));
  }
  if (icmp) {
    add('icmp.type', icmp.type);
    add('icmp.code', icmp.code);
    add('icmp.checksum', word(icmp.checksum!));
    add('icmp.checksum.status', fragment ? '2' : status(internetChecksum(segment) === 0));
  }
}

function addOption(add: Add, option: TcpOption): void {
  if (option.type === 'raw') {
    // After the end of list tshark goes on and calls every zero another end of list.
    add('tcp.option_kind', ...option.bytes);
    return;
  }
  add('tcp.option_kind', tcpOptionKindOf(option));
  if (option.type !== 'eol' && option.type !== 'nop') add('tcp.option_len', tcpOptionLength(option));
  switch (option.type) {
    case 'mss':
      add('tcp.options.mss_val', option.value);
      break;
    case 'windowScale':
      add('tcp.options.wscale.shift', option.shift);
      break;
    case 'sack':
      add('tcp.options.sack_le', ...option.edges.filter((_, i) => i % 2 === 0));
      add('tcp.options.sack_re', ...option.edges.filter((_, i) => i % 2 === 1));
      break;
    case 'timestamps':
      add('tcp.options.timestamp.tsval', option.value);
      add('tcp.options.timestamp.tsecr', option.echo);
      break;
    case 'md5':
      add('tcp.options.md5.digest', octets(option.digest));
      break;
    case 'userTimeout':
      add('tcp.options.user_to_granularity', flag(option.minutes ? 1 : 0));
      add('tcp.options.user_to_val', option.timeout);
      break;
    case 'fastOpen':
      add('tcp.options.tfo.cookie', octets(option.cookie));
      break;
    case 'accEcn': {
      const order = [
        'tcp.options.acc_ecn.ee0b',
        'tcp.options.acc_ecn.eceb',
        'tcp.options.acc_ecn.ee1b',
      ] as const;
      option.counters.forEach((counter, i) => {
        add(option.order === 0 ? order[i]! : order[2 - i]!, counter);
      });
      break;
    }
    case 'other':
      add('tcp.options.unknown.payload', option.data.length > 0 ? octets(option.data) : undefined);
      break;
  }
}

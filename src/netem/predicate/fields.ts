import type { Frame } from '../../packet/frame.js';
import { ipv4Flag } from '../../packet/ipv4.js';
import { tcpFlag } from '../../packet/tcp-flags.js';
import type { TcpOption } from '../../packet/tcp-options.js';
import type { Direction } from '../flow.js';
import type { PathPacket } from '../stage.js';

/** A packet as predicates see it. */
export interface PacketView {
  readonly packet: PathPacket;
  readonly direction: Direction;
  /** `packet.frame`, decoded. */
  readonly frame: Frame;
}

/** What a predicate can ask for. */
export interface PredicateField {
  /** A number, or undefined where the packet has no such field. */
  readonly read: (view: PacketView) => number | undefined;
  /** Names that stand for values; of flags they can be joined: `SYN|ACK`. */
  readonly names?: Readonly<Record<string, number>>;
  /** Bits, that `has` can ask about. */
  readonly flags?: boolean;
  /** Written as a dotted quad. */
  readonly address?: boolean;
}

type Read = PredicateField['read'];

const number = (read: Read): PredicateField => ({ read });
const bit = (read: Read, mask: number): PredicateField => ({
  read: (view) => {
    const value = read(view);
    return value === undefined ? undefined : value & mask ? 1 : 0;
  },
});

function option<Type extends TcpOption['type']>(
  type: Type,
  read: (option: Extract<TcpOption, { type: Type }>) => number,
): PredicateField {
  return number(({ frame }) => {
    const found = frame.tcp?.options.find((one) => one.type === type);
    return found && read(found as Extract<TcpOption, { type: Type }>);
  });
}

const upper = (names: Readonly<Record<string, number>>) =>
  Object.fromEntries(Object.entries(names).map(([name, value]) => [name.toUpperCase(), value]));

const ipFlags: Read = ({ frame }) => frame.ipv4?.flags;
const tcpFlags: Read = ({ frame }) => frame.tcp?.flags;

const flagBits = Object.fromEntries(
  Object.entries(tcpFlag).map(([name, mask]) => [`tcp.flags.${name}`, bit(tcpFlags, mask)]),
);

/** Fields by name: as in the summary of a run where it has them, else as Wireshark calls them. */
export const predicateFields: Readonly<Record<string, PredicateField>> = {
  direction: {
    read: ({ direction }) => (direction === 'forward' ? 0 : 1),
    names: { forward: 0, reverse: 1 },
  },
  probe: number(({ packet }) => packet.probe),
  ordinal: number(({ packet }) => packet.ordinal),
  copy: number(({ packet }) => packet.copy),
  'ip.src': { read: ({ frame }) => frame.ipv4?.source, address: true },
  'ip.dst': { read: ({ frame }) => frame.ipv4?.destination, address: true },
  'ip.ihl': number(({ frame }) => frame.ipv4?.ihl),
  'ip.tos': number(({ frame }) => frame.ipv4?.tos),
  'ip.len': number(({ frame }) => frame.ipv4?.totalLength),
  'ip.id': number(({ frame }) => frame.ipv4?.identification),
  'ip.flags': number(ipFlags),
  'ip.flags.rb': bit(ipFlags, ipv4Flag.reserved),
  'ip.flags.df': bit(ipFlags, ipv4Flag.dontFragment),
  'ip.flags.mf': bit(ipFlags, ipv4Flag.moreFragments),
  'ip.offset': number(({ frame }) => frame.ipv4?.fragmentOffset),
  'ip.ttl': number(({ frame }) => frame.ipv4?.ttl),
  'ip.proto': { read: ({ frame }) => frame.ipv4?.protocol, names: { icmp: 1, tcp: 6, udp: 17 } },
  tcp: number(({ frame }) => frame.tcp && 1),
  'tcp.srcport': number(({ frame }) => frame.tcp?.sourcePort),
  'tcp.dstport': number(({ frame }) => frame.tcp?.destinationPort),
  'tcp.seq': number(({ frame }) => frame.tcp?.sequence),
  'tcp.ack': number(({ frame }) => frame.tcp?.acknowledgment),
  'tcp.offset': number(({ frame }) => frame.tcp?.dataOffset),
  'tcp.reserved': number(({ frame }) => frame.tcp?.reserved),
  'tcp.flags': { read: tcpFlags, names: upper(tcpFlag), flags: true },
  ...flagBits,
  'tcp.window': number(({ frame }) => frame.tcp?.window),
  'tcp.urgent': number(({ frame }) => frame.tcp?.urgentPointer),
  'tcp.payload': number(({ frame }) => frame.tcp && (frame.payload?.bytes.length ?? 0)),
  'tcp.options.mss': option('mss', ({ value }) => value),
  'tcp.options.wscale': option('windowScale', ({ shift }) => shift),
  'tcp.options.tsval': option('timestamps', ({ value }) => value),
  'tcp.options.tsecr': option('timestamps', ({ echo }) => echo),
  'tcp.options.sackok': option('sackPermitted', () => 1),
  udp: number(({ frame }) => frame.udp && 1),
  'udp.srcport': number(({ frame }) => frame.udp?.sourcePort),
  'udp.dstport': number(({ frame }) => frame.udp?.destinationPort),
  icmp: number(({ frame }) => frame.icmp && 1),
  'icmp.type': number(({ frame }) => frame.icmp?.type),
  'icmp.code': number(({ frame }) => frame.icmp?.code),
};

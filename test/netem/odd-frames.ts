import {
  emitFrame,
  icmpFrame,
  icmpv4Type,
  ipv4Flag,
  readUint16,
  type TcpOption,
  tcpFlag,
  tcpFrame,
  tcpOptionKind,
  udpFrame,
  writeUint16,
} from '../../src/packet/index.js';
import { machineMac, probeMac } from './packets.js';

/** Forward frames in which everything is odd that a rewrite may stumble over, by what is odd. */

const ethernet = { source: probeMac, destination: machineMac };
const ends = { source: 0x0a000001, destination: 0xac1f0002 };
const { syn, ack, rst, fin, psh, urg, ece, cwr } = tcpFlag;
const ports = { sourcePort: 40_000, destinationPort: 22 };

type Fields = Parameters<typeof tcpFrame>[0];

function tcp(
  fields: Partial<Fields['tcp']> = {},
  ipv4: Partial<Fields['ipv4']> = {},
  rest: Pick<Fields, 'payload' | 'trailer'> = {},
): Uint8Array {
  const options: readonly TcpOption[] = [{ type: 'mss', value: 1460 }];
  return emitFrame(
    tcpFrame({ ethernet, ipv4: { ...ends, ...ipv4 }, tcp: { ...ports, options, ...fields }, ...rest }),
  );
}

const nop: TcpOption = { type: 'nop' };
const raw = (...bytes: number[]): TcpOption => ({ type: 'raw', bytes: Uint8Array.from(bytes) });
const mss: TcpOption = { type: 'mss', value: 1460 };
const scale: TcpOption = { type: 'windowScale', shift: 7 };
const sackPermitted: TcpOption = { type: 'sackPermitted' };
const timestamps: TcpOption = { type: 'timestamps', value: 0x12345678, echo: 0x9abcdef0 };

/** A SYN whose identification or window makes a checksum come out as wished. */
function balanced(frame: Uint8Array, field: number, checksumAt: number, wanted: number): Uint8Array {
  const sum = (a: number, b: number) => {
    const total = a + b;
    return (total & 0xffff) + (total >>> 16);
  };
  // One's complement: what the field must grow by so that the checksum falls to what is wanted.
  const grow = sum(readUint16(frame, checksumAt), ~wanted & 0xffff);
  writeUint16(frame, field, sum(readUint16(frame, field), grow));
  writeUint16(frame, checksumAt, wanted);
  return frame;
}

const ipId = 18;
const ipChecksum = 24;
const tcpWindow = 48;
const tcpChecksum = 50;

function truncated(frame: Uint8Array, bytes: number): Uint8Array {
  return frame.slice(0, frame.length - bytes);
}

function changed(frame: Uint8Array, at: number, ...bytes: number[]): Uint8Array {
  frame.set(bytes, at);
  return frame;
}

const piece = (flags: number, fragmentOffset: number) =>
  emitFrame(
    udpFrame({
      ethernet,
      ipv4: { ...ends, flags, fragmentOffset, identification: 77 },
      udp: { sourcePort: 50_000, destinationPort: 53, length: 100, checksum: 0x1234 },
      payload: new Uint8Array(24).fill(9),
    }),
  );

const icmp = (type: number, payload = new Uint8Array(28)) =>
  emitFrame(icmpFrame({ ethernet, ipv4: ends, icmp: { type, code: 0, rest: 0x1234_0001 }, payload }));

export const oddFrames: Readonly<Record<string, Uint8Array>> = {
  plain: tcp(),
  'no options': tcp({ options: [] }),
  'all usual options': tcp({ options: [mss, sackPermitted, timestamps, nop, scale] }),
  'segment size 536': tcp({ options: [{ type: 'mss', value: 536 }] }),
  'segment size 0': tcp({ options: [{ type: 'mss', value: 0 }] }),
  'segment size 65535': tcp({ options: [{ type: 'mss', value: 65_535 }] }),
  'segment size last': tcp({ options: [scale, nop, sackPermitted, timestamps, nop, nop, mss] }),
  'segment size at an odd place': tcp({ options: [scale, mss, nop] }),
  'timestamps at an odd place': tcp({ options: [scale, timestamps, sackPermitted, nop] }),
  'segment size twice': tcp({ options: [mss, { type: 'mss', value: 1400 }] }),
  'timestamps thrice': tcp({ options: [timestamps, timestamps, timestamps] }),
  'segment size behind the end of the list': tcp({ options: [raw(0, 0, 0, 0, 2, 4, 5, 180)] }),
  'segment size of six bytes': tcp({ options: [raw(2, 6, 5, 180, 9, 9)] }),
  'segment size of three bytes': tcp({ options: [raw(2, 3, 5, 1)] }),
  'timestamps cut off': tcp({ options: [mss, raw(8, 10, 1, 2)] }),
  'timestamps that reach too far': tcp({ options: [mss, raw(8, 200, 1, 2)] }),
  'an option of length 0': tcp({ options: [raw(99, 0, 2, 4, 5, 180, 1, 1)] }),
  'an option of length 1': tcp({ options: [raw(99, 1, 2, 4, 5, 180, 1, 1)] }),
  'an unknown option': tcp({ options: [{ type: 'other', kind: 99, data: Uint8Array.of(1, 2, 3) }, mss] }),
  'fast open and multipath': tcp({
    options: [
      { type: 'fastOpen', cookie: Uint8Array.of(1, 2, 3, 4, 5, 6) },
      { type: 'mptcp', data: Uint8Array.of(0, 129, 1, 2, 3, 4, 5, 6, 7, 8) },
    ],
  }),
  'forty bytes of options': tcp({ options: [raw(...Array(40).fill(tcpOptionKind.nop))] }),
  'a segment with options but no SYN': tcp({ flags: ack, options: [mss, timestamps, nop, nop] }),
  'SYN and ACK': tcp({ flags: syn | ack, options: [mss, sackPermitted, timestamps] }),
  'no flags': tcp({ flags: 0 }),
  'all flags': tcp({ flags: 0xff, reserved: 0xf, urgentPointer: 0xffff, window: 0xffff }),
  'congestion flags alone': tcp({ flags: ece | cwr }),
  'urgent without pointer': tcp({ flags: syn | urg }),
  'pointer without urgent': tcp({ flags: ack, urgentPointer: 5 }),
  'FIN, PSH, URG': tcp({ flags: fin | psh | urg, urgentPointer: 1 }),
  'a reset': tcp({ flags: rst, window: 0, options: [] }),
  'reserved bits': tcp({ reserved: 9 }),
  'window 0': tcp({ window: 0 }),
  'window 65535': tcp({ window: 65_535 }),
  'data in the SYN': tcp({}, {}, { payload: Uint8Array.of(1, 2, 3) }),
  'a wrong checksum': tcp({ checksum: 0xdead }),
  'a checksum of 0': tcp({ checksum: 0 }),
  'a right checksum of 0': balanced(tcp(), tcpWindow, tcpChecksum, 0),
  'a right checksum of 65535': balanced(tcp(), tcpWindow, tcpChecksum, 0xffff),
  'a header checksum of 0': balanced(tcp(), ipId, ipChecksum, 0),
  'a header checksum of 65535': balanced(tcp(), ipId, ipChecksum, 0xffff),
  'a wrong header checksum': tcp({}, { checksum: 0xbeef }),
  'time to live 0': tcp({}, { ttl: 0 }),
  'time to live 1': tcp({}, { ttl: 1 }),
  'time to live 2': tcp({}, { ttl: 2 }),
  'time to live 255': tcp({}, { ttl: 255 }),
  'ECT(0)': tcp({}, { tos: 0x02 }),
  'ECT(1)': tcp({}, { tos: 0xb9 }),
  'congestion experienced': tcp({}, { tos: 0xff }),
  'may be fragmented': tcp({}, { flags: 0, identification: 0xffff }),
  'the evil bit': tcp({}, { flags: 4 }),
  'IP options': tcp({}, { options: Uint8Array.of(7, 7, 4, 0, 0, 0, 0, 0) }),
  'a first fragment': tcp({}, { flags: ipv4Flag.moreFragments }, { payload: new Uint8Array(16) }),
  'the first fragment of a UDP datagram': piece(ipv4Flag.moreFragments, 0),
  'a later fragment': piece(ipv4Flag.moreFragments, 4),
  'a last fragment with DF': piece(ipv4Flag.dontFragment, 8),
  'a TCP header too long': changed(tcp(), 46, 0xf0),
  'a TCP header too short': changed(tcp(), 46, 0x40),
  'cut off inside the TCP header': truncated(tcp(), 10),
  'cut off inside the data': truncated(tcp({}, {}, { payload: new Uint8Array(100) }), 40),
  'padded for Ethernet': tcp({ options: [] }, {}, { trailer: Uint8Array.of(1, 2, 3, 4, 5, 6) }),
  UDP: emitFrame(
    udpFrame({
      ethernet,
      ipv4: ends,
      udp: { sourcePort: 5, destinationPort: 53 },
      payload: Uint8Array.of(1),
    }),
  ),
  'UDP without a checksum': emitFrame(
    udpFrame({
      ethernet,
      ipv4: { ...ends, tos: 3 },
      udp: { sourcePort: 5, destinationPort: 53, checksum: 0 },
    }),
  ),
  'a ping': icmp(icmpv4Type.echoRequest),
  'an ICMP error': icmp(icmpv4Type.destinationUnreachable),
  'ICMP that is too short': truncated(changed(icmp(icmpv4Type.echoRequest, new Uint8Array(0)), 16, 0, 24), 4),
  'another protocol': changed(tcp(), 23, 47),
};

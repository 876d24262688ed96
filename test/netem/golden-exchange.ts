import {
  emitFrame,
  icmpFrame,
  icmpv4Type,
  ipv4Flag,
  parseIpv4Address,
  type TcpOption,
  tcpFlag,
  tcpFrame,
  udpFrame,
} from '../../src/packet/index.js';
import { machineMac, probeMac } from './packets.js';

/** One exchange with everything in it that a middlebox may touch, as the frames of its two ends. */

const prober = parseIpv4Address('10.0.0.1');
const machine = parseIpv4Address('172.31.0.2');
const forward = { source: prober, destination: machine };
const reverse = { source: machine, destination: prober };
const toMachine = { source: probeMac, destination: machineMac };
const toProber = { source: machineMac, destination: probeMac };
const { syn, ack, rst, psh, urg, ece, cwr } = tcpFlag;

const synOptions: readonly TcpOption[] = [
  { type: 'mss', value: 1460 },
  { type: 'sackPermitted' },
  { type: 'timestamps', value: 1000, echo: 0 },
  { type: 'nop' },
  { type: 'windowScale', shift: 7 },
  { type: 'fastOpen', cookie: new Uint8Array(0) },
  { type: 'nop' },
  { type: 'nop' },
];

export interface Step {
  readonly name: string;
  readonly direction: 'forward' | 'reverse';
  readonly frame: Uint8Array;
}

const ports = { sourcePort: 40_000, destinationPort: 22 };
const turned = { sourcePort: 22, destinationPort: 40_000 };

/** A SYN that asks for everything. */
export const synFrame = emitFrame(
  tcpFrame({
    ethernet: toMachine,
    ipv4: { ...forward, tos: 0x2a, identification: 0x1234, ttl: 57 },
    tcp: {
      ...ports,
      sequence: 1_000_000,
      flags: syn | ece | cwr,
      window: 64_240,
      options: synOptions,
    },
    payload: new TextEncoder().encode('early'),
  }),
);

const oddFrame = emitFrame(
  tcpFrame({
    ethernet: toMachine,
    ipv4: { ...forward, flags: 0, identification: 7, ttl: 200 },
    tcp: { ...ports, sourcePort: 40_001, reserved: 5, flags: psh | urg, urgentPointer: 99, window: 1 },
  }),
);

const damagedFrame = (() => {
  const right = tcpFrame({
    ethernet: toMachine,
    ipv4: { ...forward, ttl: 64 },
    tcp: { ...ports, sourcePort: 40_002, checksum: 0xdead },
  });
  return emitFrame(right);
})();

const bulk = (flags: number, port: number) =>
  emitFrame(
    udpFrame({
      ethernet: toMachine,
      ipv4: { ...forward, flags, identification: 0x4242 },
      udp: { sourcePort: port, destinationPort: 53 },
      payload: new Uint8Array(1300),
    }),
  );

/** The middle of a datagram without its other pieces. */
const pieceFrame = emitFrame(
  udpFrame({
    ethernet: toMachine,
    ipv4: { ...forward, flags: ipv4Flag.moreFragments, identification: 9 },
    udp: { sourcePort: 50_003, destinationPort: 53, length: 200, checksum: 0 },
    payload: new Uint8Array(16),
  }),
);

const synAckFrame = emitFrame(
  tcpFrame({
    ethernet: toProber,
    ipv4: { ...reverse, identification: 0, ttl: 64 },
    tcp: {
      ...turned,
      sequence: 3_000_000_000,
      acknowledgment: 1_000_001,
      flags: syn | ack | ece,
      window: 65_160,
      options: [
        { type: 'mss', value: 1460 },
        { type: 'sackPermitted' },
        { type: 'timestamps', value: 7777, echo: 1000 },
        { type: 'nop' },
        { type: 'windowScale', shift: 7 },
      ],
    },
  }),
);

const ackFrame = emitFrame(
  tcpFrame({
    ethernet: toMachine,
    ipv4: { ...forward, tos: 2, identification: 0x1235, ttl: 57 },
    tcp: {
      ...ports,
      sequence: 1_000_001,
      acknowledgment: 3_000_000_001,
      flags: ack,
      window: 502,
      options: [
        { type: 'nop' },
        { type: 'nop' },
        { type: 'timestamps', value: 1001, echo: 7777 },
        { type: 'nop' },
        { type: 'nop' },
        { type: 'sack', edges: [3_000_000_100, 3_000_000_200] },
      ],
    },
  }),
);

const resetFrame = emitFrame(
  tcpFrame({
    ethernet: toProber,
    ipv4: { ...reverse, ttl: 64 },
    tcp: { ...turned, destinationPort: 40_001, flags: rst | ack, window: 0 },
  }),
);

const unreachableFrame = emitFrame(
  icmpFrame({
    ethernet: toProber,
    ipv4: { ...reverse, tos: 0xc0, flags: 0, ttl: 64 },
    icmp: { type: icmpv4Type.destinationUnreachable, code: 3 },
    payload: bulk(0, 50_001).subarray(14, 14 + 28),
  }),
);

/** In the order in which they cross the path. */
export const exchange: readonly Step[] = [
  { name: 'syn', direction: 'forward', frame: synFrame },
  { name: 'syn-ack', direction: 'reverse', frame: synAckFrame },
  { name: 'ack', direction: 'forward', frame: ackFrame },
  { name: 'odd', direction: 'forward', frame: oddFrame },
  { name: 'reset', direction: 'reverse', frame: resetFrame },
  { name: 'damaged', direction: 'forward', frame: damagedFrame },
  { name: 'bulk', direction: 'forward', frame: bulk(0, 50_001) },
  { name: 'unreachable', direction: 'reverse', frame: unreachableFrame },
  { name: 'unreachable again', direction: 'reverse', frame: unreachableFrame },
  { name: 'bulk with DF', direction: 'forward', frame: bulk(ipv4Flag.dontFragment, 50_002) },
  { name: 'piece', direction: 'forward', frame: pieceFrame },
];

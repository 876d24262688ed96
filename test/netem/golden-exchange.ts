import {
  emitFrame,
  type Frame,
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

interface Named {
  readonly name: string;
  readonly direction: 'forward' | 'reverse';
}

export type Step = Named &
  (
    | { readonly frame: Uint8Array }
    | { /** The step whose packet is answered. */ readonly to: string; readonly answer: Answer }
  );

const ports = { sourcePort: 40_000, destinationPort: 22 };

/** A SYN that asks for everything, or one from another port with data. */
const synFrame = (payload?: Uint8Array) =>
  emitFrame(
    tcpFrame({
      ethernet: toMachine,
      ipv4: { ...forward, tos: 0x2a, identification: 0x1234, ttl: 57 },
      tcp: {
        ...ports,
        sourcePort: payload ? 40_003 : 40_000,
        sequence: 1_000_000,
        flags: syn | ece | cwr,
        window: 64_240,
        options: synOptions,
      },
      payload,
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

/** What the two ends answer follows from what reached them, so that translated numbers stay consistent. */
type Answer = (arrived: Frame) => Uint8Array;

const timestampIn = ({ tcp }: Frame) => tcp!.options.find((option) => option.type === 'timestamps');
const back = ({ ipv4, tcp }: Frame) => ({
  ipv4: { source: ipv4!.destination, destination: ipv4!.source },
  ports: { sourcePort: tcp!.destinationPort, destinationPort: tcp!.sourcePort },
});

const synAck: Answer = (arrived) => {
  const { ipv4, ports } = back(arrived);
  const asked = new Set(arrived.tcp!.options.map(({ type }) => type));
  const options: readonly TcpOption[] = [
    { type: 'mss', value: 1460 },
    { type: 'sackPermitted' },
    { type: 'timestamps', value: 7777, echo: timestampIn(arrived)?.value ?? 0 },
    { type: 'nop' },
    { type: 'windowScale', shift: 7 },
  ];
  return emitFrame(
    tcpFrame({
      ethernet: toProber,
      ipv4: { ...ipv4, identification: 0, ttl: 64 },
      tcp: {
        ...ports,
        sequence: 3_000_000_000,
        acknowledgment: (arrived.tcp!.sequence + 1) >>> 0,
        flags: syn | ack | ece,
        window: 65_160,
        options: options.filter(({ type }) => type === 'nop' || asked.has(type)),
      },
    }),
  );
};

const third = (arrived: Frame, flags: number, payload?: Uint8Array): Uint8Array => {
  const { ipv4, ports } = back(arrived);
  const next = (arrived.tcp!.sequence + 1) >>> 0;
  const stamp = timestampIn(arrived);
  return emitFrame(
    tcpFrame({
      ethernet: toMachine,
      ipv4: { ...ipv4, tos: 2, identification: 0x1235, ttl: 57 },
      tcp: {
        ...ports,
        sequence: arrived.tcp!.acknowledgment,
        acknowledgment: next,
        flags,
        window: 502,
        options: [
          { type: 'nop' },
          { type: 'nop' },
          ...(stamp ? [{ type: 'timestamps', value: 1001, echo: stamp.value } as const] : []),
          { type: 'nop' },
          { type: 'nop' },
          { type: 'sack', edges: [(next + 100) >>> 0, (next + 200) >>> 0] },
        ],
      },
      payload,
    }),
  );
};

const reset: Answer = (arrived) => {
  const { ipv4, ports } = back(arrived);
  const tcp = { ...ports, flags: rst | ack, window: 0 };
  return emitFrame(tcpFrame({ ethernet: toProber, ipv4: { ...ipv4, ttl: 64 }, tcp }));
};

const unreachable: Answer = (arrived) =>
  emitFrame(
    icmpFrame({
      ethernet: toProber,
      ipv4: {
        source: arrived.ipv4!.destination,
        destination: arrived.ipv4!.source,
        tos: 0xc0,
        flags: 0,
        ttl: 64,
      },
      icmp: { type: icmpv4Type.destinationUnreachable, code: 3 },
      payload: emitFrame(arrived).subarray(14, 14 + 28),
    }),
  );

/** In the order in which they cross the path; an answer is not sent where what it answers did not arrive whole. */
export const exchange: readonly Step[] = [
  { name: 'syn', direction: 'forward', frame: synFrame() },
  { name: 'syn-ack', direction: 'reverse', to: 'syn', answer: synAck },
  { name: 'ack', direction: 'forward', to: 'syn-ack', answer: (arrived) => third(arrived, ack) },
  {
    name: 'data',
    direction: 'forward',
    to: 'syn-ack',
    answer: (arrived) => third(arrived, psh | ack, new TextEncoder().encode('hello')),
  },
  { name: 'early', direction: 'forward', frame: synFrame(new TextEncoder().encode('early')) },
  { name: 'odd', direction: 'forward', frame: oddFrame },
  { name: 'reset', direction: 'reverse', to: 'odd', answer: reset },
  { name: 'damaged', direction: 'forward', frame: damagedFrame },
  { name: 'bulk', direction: 'forward', frame: bulk(0, 50_001) },
  { name: 'unreachable', direction: 'reverse', to: 'bulk', answer: unreachable },
  { name: 'unreachable again', direction: 'reverse', to: 'bulk', answer: unreachable },
  { name: 'bulk with DF', direction: 'forward', frame: bulk(ipv4Flag.dontFragment, 50_002) },
  { name: 'piece', direction: 'forward', frame: pieceFrame },
];

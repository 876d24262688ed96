import { icmpFrame, tcpFrame, udpFrame } from '../packet/build.js';
import { emitFrame, type Frame } from '../packet/frame.js';
import { icmpv4Type } from '../packet/icmpv4.js';
import { ipv4Flag } from '../packet/ipv4.js';
import { tcpFlag } from '../packet/tcp-flags.js';
import type { TcpOption } from '../packet/tcp-options.js';
import { addressing } from '../probe/addressing.js';
import { quotesPort } from '../probe/survey.js';
import type { RandomStream } from '../random.js';

/** The sixteen probes in the order in which they are sent. */
export const probeNames = [
  ...(['SEQ1', 'SEQ2', 'SEQ3', 'SEQ4', 'SEQ5', 'SEQ6'] as const),
  ...(['IE1', 'IE2', 'U1', 'ECN', 'T2', 'T3', 'T4', 'T5', 'T6', 'T7'] as const),
] as const;

export type ProbeName = (typeof probeNames)[number];

export const sequenceProbes = ['SEQ1', 'SEQ2', 'SEQ3', 'SEQ4', 'SEQ5', 'SEQ6'] as const;

/** A probe, and what its answer is compared with. */
export interface NmapProbe {
  readonly name: ProbeName;
  /** The frame as it is sent. */
  readonly sent: Frame;
  readonly bytes: Uint8Array;
  /** True for a frame that answers it. */
  readonly answers: (frame: Frame) => boolean;
}

export interface ProbePorts {
  /** A TCP port with a listener; without one the probes that need it are left out. */
  readonly open: number | undefined;
  /** A TCP port without a listener. */
  readonly closed: number;
  /** A UDP port without a listener. */
  readonly closedUdp: number;
}

/** What U1 sends and expects to be quoted (Nmap Network Scanning, "UDP (U1)"). */
export const udpProbe = { identification: 0x1042, byte: 0x43, length: 300 } as const;

/** Times to live that nmap draws, from this so many: as its probes on the wire have them, U1 others than the rest. */
const usualTtl = { from: 37, count: 23 };
const udpTtl = { from: 51, count: 14 };

const mss = (value: number): TcpOption => ({ type: 'mss', value });
const scale = (shift: number): TcpOption => ({ type: 'windowScale', shift });
const timestamps: TcpOption = { type: 'timestamps', value: 0xffff_ffff, echo: 0 };
const sack: TcpOption = { type: 'sackPermitted' };
const nop: TcpOption = { type: 'nop' };
const eol: TcpOption = { type: 'eol' };

/** Windows and options of the probes of SEQ. */
export const sequenceOptions: readonly (readonly [window: number, options: readonly TcpOption[]])[] = [
  [1, [scale(10), nop, mss(1460), timestamps, sack]],
  [63, [mss(1400), scale(0), sack, timestamps, eol]],
  [4, [timestamps, nop, nop, scale(5), nop, mss(640)]],
  [4, [sack, timestamps, scale(10), eol]],
  [16, [mss(536), sack, timestamps, scale(10), eol]],
  [512, [mss(265), sack, timestamps]],
];

export const ecnOptions: readonly TcpOption[] = [scale(10), nop, mss(1460), sack, nop, nop];

const usualOptions = (shift: number) => [scale(shift), nop, mss(265), timestamps, sack];

interface TcpProbe {
  readonly name: ProbeName;
  readonly toOpen: boolean;
  readonly flags: number;
  readonly window: number;
  readonly dontFragment: boolean;
  readonly options?: readonly TcpOption[];
}

const { syn, fin, urg, psh, ack, ece, cwr } = tcpFlag;

const tcpProbes: readonly TcpProbe[] = [
  { name: 'T2', toOpen: true, flags: 0, window: 128, dontFragment: true },
  { name: 'T3', toOpen: true, flags: syn | fin | urg | psh, window: 256, dontFragment: false },
  { name: 'T4', toOpen: true, flags: ack, window: 1024, dontFragment: true },
  { name: 'T5', toOpen: false, flags: syn, window: 31_337, dontFragment: false },
  { name: 'T6', toOpen: false, flags: ack, window: 32_768, dontFragment: true },
  { name: 'T7', toOpen: false, flags: fin | psh | urg, window: 65_535, dontFragment: false },
];

/**
 * The probes as the documentation describes them (Nmap Network Scanning, "Probes Sent"); numbers that it calls random
 * are drawn. Without an open port those that need one are left out.
 */
export function nmapProbes({ open, closed, closedUdp }: ProbePorts, random: RandomStream): NmapProbe[] {
  const ethernet = { source: addressing.proberMac, destination: addressing.machineMac };
  const ends = { source: addressing.survey, destination: addressing.machine };
  const ipv4 = (dontFragment: boolean, identification = random.below(0x1_0000), ttl = usualTtl) => ({
    ...ends,
    identification,
    flags: dontFragment ? ipv4Flag.dontFragment : 0,
    ttl: ttl.from + random.below(ttl.count),
  });
  const firstPort = 33_000 + random.below(20_000);
  const [sequence, acknowledgment] = [random.uint32(), 1 + random.below(0xffff_fffe)];
  const probes: NmapProbe[] = [];
  const add = (name: ProbeName, sent: Frame, answers: (frame: Frame) => boolean) =>
    probes.push({ name, sent, bytes: emitFrame(sent), answers });
  const addTcp = (name: ProbeName, port: number, df: boolean, tcp: Partial<NonNullable<Frame['tcp']>>) => {
    const sourcePort = firstPort + probeNames.indexOf(name);
    const fields = { sourcePort, destinationPort: port, sequence, acknowledgment, ...tcp };
    add(
      name,
      tcpFrame({ ethernet, ipv4: ipv4(df), tcp: fields }),
      (frame) => frame.tcp?.sourcePort === port && frame.tcp.destinationPort === sourcePort,
    );
  };
  if (open !== undefined)
    for (const [index, [window, options]] of sequenceOptions.entries())
      addTcp(sequenceProbes[index]!, open, false, { window, options, sequence: (sequence + index) >>> 0 });
  const [identifier, echoSequence] = [random.below(0xffff), 295];
  for (const [name, index] of [['IE1', 0] as const, ['IE2', 1] as const]) {
    const rest = (identifier + index) * 0x1_0000 + echoSequence + index;
    const header = { ...ipv4(index === 0), tos: index === 0 ? 0 : 4 };
    const icmp = { code: index === 0 ? 9 : 0, rest };
    const payload = new Uint8Array(index === 0 ? 120 : 150);
    add(
      name,
      icmpFrame({ ethernet, ipv4: header, icmp, payload }),
      (frame) => frame.icmp?.type === icmpv4Type.echoReply && frame.icmp.rest === rest,
    );
  }
  const udpPort = firstPort + probeNames.indexOf('U1');
  add(
    'U1',
    udpFrame({
      ethernet,
      ipv4: ipv4(false, udpProbe.identification, udpTtl),
      udp: { sourcePort: udpPort, destinationPort: closedUdp },
      payload: new Uint8Array(udpProbe.length).fill(udpProbe.byte),
    }),
    (frame) => frame.icmp?.type === icmpv4Type.destinationUnreachable && quotesPort(frame, udpPort),
  );
  if (open !== undefined)
    addTcp('ECN', open, false, {
      ...{ flags: syn | ece | cwr, window: 3, urgentPointer: 0xf7f5, acknowledgment: 0 },
      // The highest of the four bits behind the data offset, as nmap itself sets it.
      ...{ reserved: 8, options: ecnOptions },
    });
  for (const { name, toOpen, flags, window, dontFragment } of tcpProbes) {
    const port = toOpen ? open : closed;
    const options = usualOptions(name === 'T7' ? 15 : 10);
    if (port !== undefined) addTcp(name, port, dontFragment, { flags, window, options });
  }
  return probes;
}

import { InterruptedError } from '../errors.js';
import type { Port } from '../netem/port.js';
import { icmpFrame, tcpFrame, udpFrame } from '../packet/build.js';
import { decodeFrame, emitFrame, type Frame, quotedPacket } from '../packet/frame.js';
import { icmpv4Type } from '../packet/icmpv4.js';
import { ipv4Flag } from '../packet/ipv4.js';
import { tcpFlag } from '../packet/tcp-flags.js';
import type { TcpOption } from '../packet/tcp-options.js';
import { formatTcpOptions } from '../packet/tcp-options-text.js';
import { addressing } from './addressing.js';
import type { Control } from './control.js';
import { type IpIdClass, ipIdClass, ipIdSamples } from './ip-id-class.js';

/** What came back to a question. */
export type SurveyReply = 'syn-ack' | 'rst' | 'tcp' | 'icmp' | 'udp' | 'silence';

/** The first things that anybody wants to know of a stack, from a handful of well-formed packets. */
export interface Survey {
  readonly arp: boolean;
  readonly ping: boolean;
  readonly synOpen: SurveyReply;
  readonly synClosed: SurveyReply;
  readonly udpClosed: SurveyReply;
  /** The answer that `ttl` and `df` are read from: the first of these that came. */
  readonly source: 'syn-open' | 'syn-closed' | 'ping' | undefined;
  readonly ttl: number | undefined;
  readonly df: boolean | undefined;
  /** Of the answer to a SYN, not scaled. */
  readonly window: number | undefined;
  /** Of the SYN-ACK, as `formatTcpOptions` writes them. */
  readonly options: string | undefined;
  readonly windowScale: number | undefined;
  /** Bytes. */
  readonly mss: number | undefined;
  /** Of the answers to SYNs to the open port, to the closed one, and to pings. */
  readonly ipId: Readonly<Record<'synOpen' | 'synClosed' | 'ping', IpIdClass | undefined>>;
}

export interface SurveyOptions {
  /** The prober's port on the wire; the questions cross the machine's path. */
  readonly prober: Port;
  readonly control: Control;
  readonly open: number;
  readonly closed: number;
  /** Patience with one packet, ms; a question is asked three times before silence is the answer. */
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
}

const tries = 3;
const firstPort = 40_000;
const ethernet = { source: addressing.proberMac, destination: addressing.machineMac };

/** Identifications far from each other, so that a machine that repeats them is not taken for a counter. */
const ipv4 = (serial: number) => ({
  source: addressing.survey,
  destination: addressing.machine,
  identification: (0x2f5b * (serial + 1)) & 0xffff,
});

/** The options that an ordinary client offers, in Linux' order. */
export const clientOptions: readonly TcpOption[] = [
  { type: 'mss', value: 1460 },
  { type: 'sackPermitted' },
  { type: 'timestamps', value: 0x0102_0304, echo: 0 },
  { type: 'nop' },
  { type: 'windowScale', shift: 7 },
];

interface Question {
  readonly identification: number;
  readonly frame: Uint8Array;
  readonly answers: (frame: Frame) => boolean;
}

interface Answer {
  /** Identification of the packet that it answers. */
  readonly asked: number;
  readonly frame: Frame;
}

function syn(serial: number, destinationPort: number): Question {
  const sourcePort = firstPort + serial;
  const tcp = { sourcePort, destinationPort, sequence: 1000 + serial, options: [...clientOptions] };
  const same = (other: Frame['tcp']) =>
    other?.sourcePort === destinationPort && other.destinationPort === sourcePort;
  return {
    identification: ipv4(serial).identification,
    frame: emitFrame(tcpFrame({ ethernet, ipv4: ipv4(serial), tcp })),
    answers: (frame) => same(frame.tcp) || quotesPort(frame, sourcePort),
  };
}

function ping(serial: number): Question {
  const rest = 0x5342_0000 + serial;
  const payload = new Uint8Array(32).fill(0x53);
  return {
    identification: ipv4(serial).identification,
    frame: emitFrame(icmpFrame({ ethernet, ipv4: ipv4(serial), icmp: { rest }, payload })),
    answers: ({ icmp }) => icmp?.type === icmpv4Type.echoReply && icmp.rest === rest,
  };
}

function datagram(serial: number, destinationPort: number): Question {
  const sourcePort = firstPort + serial;
  const udp = { sourcePort, destinationPort };
  return {
    identification: ipv4(serial).identification,
    frame: emitFrame(udpFrame({ ethernet, ipv4: ipv4(serial), udp, payload: new Uint8Array(8) })),
    answers: (frame) => frame.udp?.destinationPort === sourcePort || quotesPort(frame, sourcePort),
  };
}

/** An ICMP error about a packet from `sourcePort`; a quote may be cut behind the ports. */
export function quotesPort(frame: Frame, sourcePort: number): boolean {
  const quote = quotedPacket(frame);
  if (!quote) return false;
  const cut = quote.payload && (quote.payload.bytes[0]! << 8) | quote.payload.bytes[1]!;
  return (quote.tcp?.sourcePort ?? quote.udp?.sourcePort ?? cut) === sourcePort;
}

function replyOf(frame: Frame | undefined): SurveyReply {
  if (!frame) return 'silence';
  if (frame.icmp) return 'icmp';
  if (frame.udp) return 'udp';
  const flags = frame.tcp?.flags ?? 0;
  if (flags & tcpFlag.rst) return 'rst';
  return flags & tcpFlag.syn && flags & tcpFlag.ack ? 'syn-ack' : 'tcp';
}

/**
 * Asks a machine what it answers: ARP, then pings, SYNs to the open and to the closed port, each as often as a
 * class of IP identifications needs, and UDP to the closed port. One packet at a time, so that their order is
 * known. Throws InterruptedError when the signal aborts.
 */
export async function survey(options: SurveyOptions): Promise<Survey> {
  const { prober, control, open, closed, timeoutMs, signal } = options;
  let waiting: { question: Question; resolve: (frame: Frame) => void } | undefined;
  prober.onFrame = (bytes) => {
    const frame = decodeFrame(bytes.slice());
    if (frame.ipv4?.destination === addressing.survey && waiting?.question.answers(frame))
      waiting.resolve(frame);
  };
  const once = (question: Question) =>
    new Promise<Frame | undefined>((resolve) => {
      const timer = setTimeout(resolve, timeoutMs, undefined);
      const take = (frame: Frame) => {
        clearTimeout(timer);
        resolve(frame);
      };
      waiting = { question, resolve: take };
      prober.send(question.frame);
      prober.flush();
    });
  let serial = 0;
  /** The answers to `count` packets of a kind; a kind that is not answered is given up after some tries. */
  const ask = async (make: (serial: number) => Question, count: number): Promise<Answer[]> => {
    const answers: Answer[] = [];
    for (let silent = 0; answers.length < count && silent < tries; ) {
      if (signal?.aborted) throw new InterruptedError('the survey was interrupted', { cause: signal.reason });
      const question = make(serial++);
      const frame = await once(question);
      if (frame) answers.push({ asked: question.identification, frame });
      else silent++;
    }
    return answers;
  };
  const { resets } = control;
  control.resets = true;
  try {
    let arp = false;
    for (let attempt = 0; attempt < tries && !arp; attempt++) arp = await control.answersArp(timeoutMs);
    const pings = await ask(ping, ipIdSamples);
    const opens = await ask((number) => syn(number, open), ipIdSamples);
    const closeds = await ask((number) => syn(number, closed), ipIdSamples);
    const [udp] = await ask((number) => datagram(number, closed), 1);
    return { arp, udpClosed: replyOf(udp?.frame), ...portrait(opens, closeds, pings) };
  } finally {
    control.resets = resets;
    prober.onFrame = undefined;
  }
}

function portrait(opens: readonly Answer[], closeds: readonly Answer[], pings: readonly Answer[]) {
  const [open, closed, echo] = [opens, closeds, pings].map(([first]) => first?.frame);
  const source = open ? 'syn-open' : closed ? 'syn-closed' : echo ? 'ping' : undefined;
  const ipv4 = (open ?? closed ?? echo)?.ipv4;
  const synAck = replyOf(open) === 'syn-ack' ? open?.tcp : undefined;
  const scale = synAck?.options.find((option) => option.type === 'windowScale');
  const mss = synAck?.options.find((option) => option.type === 'mss');
  const ids = (answers: readonly Answer[]) =>
    ipIdClass(
      answers.map(({ frame }) => frame.ipv4!.identification),
      answers.map(({ asked }) => asked),
    );
  return {
    ping: echo !== undefined,
    synOpen: replyOf(open),
    synClosed: replyOf(closed),
    source,
    ttl: ipv4?.ttl,
    df: ipv4 && (ipv4.flags & ipv4Flag.dontFragment) !== 0,
    window: (open?.tcp ?? closed?.tcp)?.window,
    options: synAck && formatTcpOptions(synAck.options),
    windowScale: scale?.shift,
    mss: mss?.value,
    ipId: { synOpen: ids(opens), synClosed: ids(closeds), ping: ids(pings) },
  } as const satisfies Partial<Survey>;
}

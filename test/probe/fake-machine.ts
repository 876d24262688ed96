import { localPortPair } from '../../src/netem/local-port.js';
import type { PathSpec } from '../../src/netem/path.js';
import type { Port } from '../../src/netem/port.js';
import { Wire } from '../../src/netem/wire.js';
import {
  arpReply,
  decodeFrame,
  emitFrame,
  type Frame,
  icmpFrame,
  icmpv4Type,
  tcpFlag,
  tcpFrame,
} from '../../src/packet/index.js';
import { addressing, isControlAddress } from '../../src/probe/addressing.js';
import { Control } from '../../src/probe/control.js';

export const ports = { open: 22, closed: 81 };

/** Packets that the machine handles in one turn of the event loop. */
const pace = 10;

/**
 * A TCP responder in this process, to see what the collector makes of answers that are known; the real
 * machines are tested in test/hermetic. It takes packets in order, as a stack does: SYN to the open port is
 * answered with SYN-ACK, RST with silence, all else with RST; ARP and ICMP echo as usual.
 */
export class FakeMachine {
  /** Source addresses of the probes in the order in which they were handled. */
  readonly probes: number[] = [];
  /** Answers to probes that went out. */
  answers = 0;
  resets = 0;
  sentinels = 0;
  mostWaiting = 0;
  /** Whether TCP is answered at all; ICMP echo and ARP are apart from it. */
  hasTcp = true;
  /** Says what happens to an answer on its way out; default: it is sent. */
  outbound: (answer: Uint8Array, toProbe: boolean) => void = (answer) => this.send(answer);
  private readonly waiting: Uint8Array[] = [];

  constructor(readonly port: Port) {
    port.onFrame = (frame) => this.arrived(frame.slice());
  }

  send(frame: Uint8Array): void {
    const { arp, ipv4 } = decodeFrame(frame);
    if (!arp && !isControlAddress(ipv4?.destination ?? 0)) this.answers++;
    this.port.send(frame);
  }

  private arrived(frame: Uint8Array): void {
    if (this.waiting.push(frame) === 1) setImmediate(() => this.work());
    const probes = this.waiting.filter((one) => !isControlAddress(decodeFrame(one).ipv4?.source ?? 0));
    this.mostWaiting = Math.max(this.mostWaiting, probes.length);
  }

  private work(): void {
    for (let turn = 0; turn < pace && this.waiting.length > 0; turn++) this.handle(this.waiting.shift()!);
    if (this.waiting.length > 0) setImmediate(() => this.work());
  }

  private handle(bytes: Uint8Array): void {
    const frame = decodeFrame(bytes);
    if (frame.arp) {
      const { senderMac: mac, senderAddress: address } = frame.arp;
      const machine = { mac: addressing.machineMac, address: addressing.machine };
      if (isControlAddress(address)) this.sentinels++;
      if (frame.arp.targetAddress === addressing.machine)
        this.outbound(emitFrame(arpReply(machine, { mac, address })), false);
      return;
    }
    if (!frame.ipv4) return;
    const control = isControlAddress(frame.ipv4.source);
    if (frame.icmp) {
      if (control) this.sentinels++;
      this.outbound(emitFrame(echoReplyTo(frame)), !control);
    }
    if (!frame.tcp) return;
    if (frame.tcp.flags & tcpFlag.rst && frame.tcp.window === 0 && frame.tcp.options.length === 0)
      this.resets++;
    else if (control) this.sentinels++;
    else this.probes.push(frame.ipv4.source);
    const answer = this.hasTcp ? answerTo(frame) : undefined;
    if (answer) this.outbound(emitFrame(answer), !control);
  }
}

function echoReplyTo({ ipv4, icmp, payload }: Frame): Frame {
  return icmpFrame({
    ethernet: { source: addressing.machineMac, destination: addressing.proberMac },
    ipv4: { source: ipv4!.destination, destination: ipv4!.source },
    icmp: { type: icmpv4Type.echoReply, rest: icmp!.rest },
    ...(payload && { payload: payload.bytes }),
  });
}

/** What the stack says to a TCP frame. */
export function answerTo({ ipv4, tcp }: Frame): Frame | undefined {
  if (!ipv4 || !tcp || tcp.flags & tcpFlag.rst) return undefined;
  const accepts = tcp.destinationPort === ports.open && (tcp.flags & tcpFlag.syn) !== 0;
  return tcpFrame({
    ethernet: { source: addressing.machineMac, destination: addressing.proberMac },
    ipv4: { source: ipv4.destination, destination: ipv4.source },
    tcp: {
      sourcePort: tcp.destinationPort,
      destinationPort: tcp.sourcePort,
      sequence: accepts ? 1000 : 0,
      acknowledgment: (tcp.sequence + 1) >>> 0,
      flags: tcpFlag.ack | (accepts ? tcpFlag.syn : tcpFlag.rst),
    },
  });
}

/** A wire with a prober, and a fake machine behind a path. */
export function fakeWire(path: PathSpec = { forward: [], reverse: [] }, seed = 1) {
  const wire = new Wire();
  const [inside, prober] = localPortPair('prober');
  const [machineSide, machinePort] = localPortPair('machine');
  wire.attach(inside);
  const link = wire.attach(machineSide, { path, seed, origin: addressing.copies });
  const machine = new FakeMachine(machinePort);
  return { wire, prober, link, control: new Control(link), machine };
}

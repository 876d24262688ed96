import type { Link } from '../netem/wire.js';
import { arpOperation, parseArp } from '../packet/arp.js';
import { arpReply, arpRequest, icmpFrame, tcpFrame } from '../packet/build.js';
import { ethernetEtherType, ethernetHeaderLength, etherType } from '../packet/ethernet.js';
import { decodeFrame, emitFrame } from '../packet/frame.js';
import { checkIcmpv4Length, icmpv4Sequence, icmpv4Type, icmpv4TypeOf } from '../packet/icmpv4.js';
import {
  checkIpv4Length,
  ipProtocol,
  ipv4Destination,
  ipv4HeaderLength,
  ipv4Protocol,
} from '../packet/ipv4.js';
import type { Tcp } from '../packet/tcp.js';
import { checkTcpLength, tcpDestinationPort, tcpFlags, tcpSourcePort } from '../packet/tcp.js';
import { tcpFlag } from '../packet/tcp-flags.js';
import { addressing, isControlAddress, isCopyAddress } from './addressing.js';
import { resetOf } from './reset.js';
import { Retransmissions } from './retransmissions.js';
import type { Sentinel } from './sentinel.js';
import type { WireService } from './service.js';

const ip = ethernetHeaderLength;
const synAck = tcpFlag.syn | tcpFlag.ack;
const gateway = { mac: addressing.proberMac, address: addressing.gateway };
/** Readiness checks use one address at the end of the control block; sentinels use those before it. */
const readinessAddress = addressing.control + 0xff_01;
const scanAddress = addressing.control + 0xff_02;
const scanPort = 61_000;

const isOneOfOurs = (address: number) => address === readinessAddress || address === scanAddress;

const toMachine = (source: number) => ({
  ethernet: { source: addressing.proberMac, destination: addressing.machineMac },
  ipv4: { source, destination: addressing.machine },
});

function answerWithin<T>(
  timeoutMs: number,
  subscribe: (answer: (value: T) => void) => void,
): Promise<T | undefined> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(undefined), timeoutMs);
    subscribe((value) => {
      clearTimeout(timer);
      resolve(value);
    });
  });
}

/**
 * The testbed's own traffic with one machine, past the path: it plays the gateway for ARP, asks whether the
 * machine answers, sends sentinels, resets the half-open connections that probes leave, serves what the machine
 * asks for (DHCP) and takes what it sends unasked off the wire. Sitting at the machine's end of the path, it is
 * neither lost nor delayed by it and leaves no trace in the decision log.
 */
export class Control {
  /** The sentinels in use; without them no answer is taken for one's. */
  sentinel: Sentinel | undefined;
  /** Called with the index of the sentinel that was answered. */
  onSentinel: ((index: number) => void) | undefined;
  /** Called with a port that was scanned and the flags of its answer. */
  onScanned: ((port: number, flags: number) => void) | undefined;
  /** Answer SYN-ACKs to probes with a RST, so that no half-open state builds up. */
  resets = false;
  /** Answer the machine's ARP requests for its gateway; without it the machine forgets where answers go. */
  answersGateway = true;
  /** Frames of the machine's own accord so far: mDNS, NTP, router solicitations; nobody gets them. */
  unasked = 0;
  /** SYN-ACKs that were sent again before the RST to the first could come; nobody gets them. */
  retransmitted = 0;
  private readonly retransmissions = new Retransmissions();
  private readonly services = new Map<number, WireService>();
  private onArp: ((answer: true) => void) | undefined;
  private onReadiness: ((flags: number) => void) | undefined;
  private onEcho: ((answer: true) => void) | undefined;
  private readinessPort = 1024;
  private echoSequence = 0;

  constructor(private readonly link: Link) {
    link.tap = (frame) => this.tap(frame);
    link.arriving = (frame) => this.retransmissions.arrived(frame);
  }

  /** Lets the machine ask a service, at whatever address it looks for it. */
  serve(service: WireService): void {
    this.services.set(service.port, service);
  }

  /** Sends sentinel `index` from the control block; its answer comes to `onSentinel`. */
  sendSentinel(index: number): void {
    if (this.sentinel) this.link.inject(emitFrame(this.sentinel.request(index)));
  }

  /** True when the machine answers an ARP request within `timeoutMs`. */
  async answersArp(timeoutMs: number): Promise<boolean> {
    const answer = answerWithin<true>(timeoutMs, (resolve) => {
      this.onArp = resolve;
    });
    this.link.inject(emitFrame(arpRequest(gateway, addressing.machine)));
    return (await answer) === true;
  }

  /** True when the machine answers an ICMP echo within `timeoutMs`. */
  async answersPing(timeoutMs: number): Promise<boolean> {
    const answer = answerWithin<true>(timeoutMs, (resolve) => {
      this.onEcho = resolve;
    });
    this.echoSequence = (this.echoSequence + 1) & 0xffff;
    const { echoSequence: rest } = this;
    this.link.inject(
      emitFrame(icmpFrame({ ...toMachine(readinessAddress), icmp: { rest }, payload: new Uint8Array(16) })),
    );
    return (await answer) === true;
  }

  /** Flags of the machine's answer to a SYN to `port`, or undefined for silence of `timeoutMs`. */
  answerToSyn(port: number, timeoutMs: number): Promise<number | undefined> {
    const answer = answerWithin<number>(timeoutMs, (resolve) => {
      this.onReadiness = resolve;
    });
    this.readinessPort = this.readinessPort >= 65_535 ? 1024 : this.readinessPort + 1;
    const { readinessPort: sourcePort } = this;
    this.send(readinessAddress, { sourcePort, destinationPort: port, sequence: 1, flags: tcpFlag.syn });
    return answer;
  }

  /** Sends a SYN to a port; the answer comes to `onScanned`. */
  scan(port: number): void {
    this.send(scanAddress, { sourcePort: scanPort, destinationPort: port, sequence: 1, flags: tcpFlag.syn });
  }

  private send(source: number, tcp: Partial<Tcp> & Pick<Tcp, 'sourcePort' | 'destinationPort'>): void {
    this.link.inject(emitFrame(tcpFrame({ ...toMachine(source), tcp })));
  }

  private tap(frame: Uint8Array): boolean {
    const type = ethernetEtherType(frame, 0);
    if (type === etherType.arp) return this.tapArp(frame);
    if (type !== etherType.ipv4) return this.tapUnasked();
    if (!checkIpv4Length(frame, ip)) return false;
    const destination = ipv4Destination(frame, ip);
    if (!isCopyAddress(destination) && !isControlAddress(destination))
      return this.ask(frame) || this.tapUnasked();
    const transport = ip + ipv4HeaderLength(frame, ip);
    const flags =
      ipv4Protocol(frame, ip) === ipProtocol.tcp && checkTcpLength(frame, transport)
        ? tcpFlags(frame, transport)
        : 0;
    if ((flags & synAck) === synAck && (this.resets || isOneOfOurs(destination)))
      this.link.inject(resetOf(frame));
    if (!isControlAddress(destination)) {
      const again = this.resets && (flags & synAck) === synAck && this.retransmissions.isOne(destination);
      if (again) this.retransmitted++;
      return again;
    }
    if (destination === readinessAddress) this.answeredReadiness(frame, transport);
    else if (destination === scanAddress && flags !== 0)
      this.onScanned?.(tcpSourcePort(frame, transport), flags);
    else this.answeredSentinel(frame);
    return true;
  }

  private answeredReadiness(frame: Uint8Array, transport: number): void {
    const protocol = ipv4Protocol(frame, ip);
    if (protocol === ipProtocol.tcp && checkTcpLength(frame, transport)) {
      if (tcpDestinationPort(frame, transport) === this.readinessPort)
        this.onReadiness?.(tcpFlags(frame, transport));
    } else if (protocol === ipProtocol.icmp && checkIcmpv4Length(frame, transport)) {
      const isReply = icmpv4TypeOf(frame, transport) === icmpv4Type.echoReply;
      if (isReply && icmpv4Sequence(frame, transport) === this.echoSequence) this.onEcho?.(true);
    }
  }

  private answeredSentinel(frame: Uint8Array): void {
    const index = this.sentinel?.answered(decodeFrame(frame));
    if (index !== undefined) this.onSentinel?.(index);
  }

  private tapUnasked(): true {
    this.unasked++;
    return true;
  }

  private ask(bytes: Uint8Array): boolean {
    const { ethernet, ipv4, udp, payload } = decodeFrame(bytes);
    const service = udp && this.services.get(udp.destinationPort);
    if (!ethernet || !ipv4 || !service) return false;
    const datagram = { ipv4, udp, payload: payload?.bytes ?? new Uint8Array(0), sourceMac: ethernet.source };
    service.take(datagram, (frame) => this.link.inject(frame));
    return true;
  }

  private tapArp(frame: Uint8Array): boolean {
    const arp = parseArp(frame, ip);
    if (!arp) return false;
    if (arp.operation === arpOperation.request && arp.targetAddress === addressing.gateway) {
      if (this.answersGateway)
        this.link.inject(emitFrame(arpReply(gateway, { mac: arp.senderMac, address: arp.senderAddress })));
      return true;
    }
    if (arp.operation !== arpOperation.reply || arp.senderAddress !== addressing.machine) return false;
    if (isControlAddress(arp.targetAddress)) this.answeredSentinel(frame);
    else this.onArp?.(true);
    return true;
  }
}

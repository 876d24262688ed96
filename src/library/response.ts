import { decodeFrame, type Frame } from '../packet/frame.js';
import { ipv4Flag } from '../packet/ipv4.js';
import { formatTcpFlags } from '../packet/tcp-flags.js';
import { formatTcpOptions } from '../packet/tcp-options-text.js';

/** What a response is called by tests and in messages; a field is undefined where the packet has none such. */
export interface ResponseFields {
  readonly protocol: 'tcp' | 'udp' | 'icmp' | 'other';
  /** As it arrived: the path may have counted it down. */
  readonly ttl: number | undefined;
  readonly df: boolean | undefined;
  readonly tos: number | undefined;
  /** Identification of the IP header. */
  readonly id: number | undefined;
  /** Of the IP packet, bytes. */
  readonly length: number | undefined;
  /** TCP flags as letters of FSRPAUEC. */
  readonly flags: string | undefined;
  /** As the segment has it, not scaled. */
  readonly window: number | undefined;
  readonly seq: number | undefined;
  readonly ack: number | undefined;
  readonly urgent: number | undefined;
  /** TCP options in order, `M1460,S,T,N,W7`; empty without any. */
  readonly options: string | undefined;
  /** Bytes. */
  readonly mss: number | undefined;
  /** Window scale: a shift, 0..14. */
  readonly scale: number | undefined;
  readonly icmpType: number | undefined;
  readonly icmpCode: number | undefined;
  /** Bytes behind the innermost header. */
  readonly payload: number;
}

/** One packet that a machine sent in answer to a probe. */
export class Response implements ResponseFields {
  readonly frame: Frame;

  constructor(
    /** The whole Ethernet frame. */
    readonly bytes: Uint8Array,
    /** From the sending of the probe to its arrival at the prober, ms. */
    readonly afterMs: number,
  ) {
    this.frame = decodeFrame(bytes);
  }

  get protocol() {
    const { tcp, udp, icmp } = this.frame;
    if (tcp) return 'tcp';
    if (udp) return 'udp';
    return icmp ? 'icmp' : 'other';
  }
  get ttl() {
    return this.frame.ipv4?.ttl;
  }
  get df() {
    return this.frame.ipv4 && (this.frame.ipv4.flags & ipv4Flag.dontFragment) !== 0;
  }
  get tos() {
    return this.frame.ipv4?.tos;
  }
  get id() {
    return this.frame.ipv4?.identification;
  }
  get length() {
    return this.frame.ipv4?.totalLength;
  }
  get flags() {
    return this.frame.tcp && formatTcpFlags(this.frame.tcp.flags);
  }
  get window() {
    return this.frame.tcp?.window;
  }
  get seq() {
    return this.frame.tcp?.sequence;
  }
  get ack() {
    return this.frame.tcp?.acknowledgment;
  }
  get urgent() {
    return this.frame.tcp?.urgentPointer;
  }
  get options() {
    return this.frame.tcp && formatTcpOptions(this.frame.tcp.options);
  }
  get mss() {
    return this.frame.tcp?.options.find((option) => option.type === 'mss')?.value;
  }
  get scale() {
    return this.frame.tcp?.options.find((option) => option.type === 'windowScale')?.shift;
  }
  get icmpType() {
    return this.frame.icmp?.type;
  }
  get icmpCode() {
    return this.frame.icmp?.code;
  }
  get payload() {
    return this.frame.payload?.bytes.length ?? 0;
  }

  /** One line, as `TCP SA ttl 64 DF win 65160 <M1460,S,T,N,W7>`. */
  toString(): string {
    const { ttl, df } = this;
    const ip = `ttl ${ttl}${df ? ' DF' : ''}`;
    if (this.protocol === 'tcp') return `TCP ${this.flags} ${ip} win ${this.window} <${this.options}>`;
    if (this.protocol === 'icmp') return `ICMP ${this.icmpType}/${this.icmpCode} ${ip}`;
    return `${this.protocol.toUpperCase()} ${ip}, ${this.payload} bytes`;
  }
}

/** A probe and what came back: nothing, one packet, or several (SYN-ACKs that are sent again, copies that a path made). */
export interface Exchange {
  /** Id of the machine that was asked. */
  readonly machine: string;
  /** What was sent, in a line. */
  readonly probe: string;
  readonly responses: readonly Response[];
  /** The first of them; undefined for silence. */
  readonly response: Response | undefined;
}

import { decodeFrame } from '../../packet/frame.js';
import {
  tcpAcknowledgment,
  tcpDestinationPort,
  tcpField,
  tcpFlags,
  tcpSequence,
  tcpSourcePort,
  tcpWindow,
} from '../../packet/tcp.js';
import { tcpFlag } from '../../packet/tcp-flags.js';
import type { TcpOption } from '../../packet/tcp-options.js';
import { flowOf } from '../flow.js';
import type { PathPacket, StageActions, StagePair } from '../stage.js';
import { tcpAlong, tcpBack } from './answer.js';
import { hasRightChecksums } from './bad-checksum.js';
import { patchTcp32, tcpAt } from './edit.js';
import { FlowTable } from './flow-table.js';
import { shiftNumbers } from './shift.js';
import { answerOptions, openingOptions, shiftOf } from './syn-proxy-options.js';

export interface SynProxySpec {
  readonly kind: 'syn-proxy';
  /** Ports that it stands in front of; `all` answers for closed ones as well. */
  readonly ports: 'all' | readonly number[];
  /** What its SYN-ACK announces; timestamps only to who asked for them, scale and SACK only beside timestamps. */
  readonly mss: number;
  readonly windowScale: number | undefined;
  readonly sack: boolean;
  readonly timestamps: boolean;
  /** As carried; 0 keeps the other side silent until the server's window is known. */
  readonly window: number;
  readonly ttl: number;
}

/** A connection on its way: answered with a cookie, the server asked, or both ends joined. */
interface Proxied {
  readonly cookie: number;
  readonly start: number;
  readonly options: readonly TcpOption[];
  phase: 'cookie' | 'opening' | 'joined';
  /** What is added to the server's numbers to make them the cookie's. */
  shift: number;
  /** That of the ACK that brought the cookie back. */
  window: number;
}

const { fin, syn, rst, ack } = tcpFlag;
const handshake = fin | syn | rst | ack;
const uint32 = 0x1_0000_0000;

class SynProxy {
  private readonly flows = new FlowTable<Proxied>();

  constructor(private readonly spec: SynProxySpec) {}

  forward(packet: PathPacket, actions: StageActions): void {
    const { frame } = packet;
    const tcp = tcpAt(frame);
    if (tcp === 0 || !this.guards(tcpDestinationPort(frame, tcp))) {
      actions.pass();
      return;
    }
    const flow = flowOf(frame, 'forward');
    const proxied = this.flows.get(flow);
    const kind = tcpFlags(frame, tcp) & handshake;
    if (proxied?.phase === 'joined' && kind !== syn) {
      if (shiftNumbers(frame, tcp, 0, proxied.shift)) actions.note('relay', proxied.cookie);
      actions.pass();
      return;
    }
    const right = hasRightChecksums(frame);
    if (kind === syn && right) this.answer(frame, tcp, actions);
    else if (kind === ack && right && proxied?.phase === 'cookie') this.open(frame, tcp, proxied, actions);
    actions.drop();
  }

  reverse(packet: PathPacket, actions: StageActions): void {
    const { frame } = packet;
    const tcp = tcpAt(frame);
    if (tcp === 0 || !this.guards(tcpSourcePort(frame, tcp))) {
      actions.pass();
      return;
    }
    const proxied = this.flows.get(flowOf(frame, 'reverse'));
    const kind = tcpFlags(frame, tcp) & handshake;
    if (!proxied || proxied.phase === 'cookie') actions.drop();
    else if (kind & rst) {
      // Of whatever phase: so does `ipv4_synproxy_hook`.
      patchTcp32(frame, tcp, tcp + tcpField.sequence, (proxied.cookie + 1) >>> 0);
      actions.note('set', tcpSequence(frame, tcp));
      actions.pass();
    } else if (proxied.phase === 'joined') {
      if (shiftNumbers(frame, tcp, proxied.shift, 0)) actions.note('set', tcpSequence(frame, tcp));
      actions.pass();
    } else {
      if (kind === (syn | ack)) this.join(frame, tcp, proxied, actions);
      actions.drop();
    }
  }

  private guards(port: number): boolean {
    return this.spec.ports === 'all' || this.spec.ports.includes(port);
  }

  /** The SYN-ACK with the cookie. */
  private answer(frame: Uint8Array, tcp: number, actions: StageActions): void {
    const flow = flowOf(frame, 'forward');
    // They are kept: views of a frame that others reuse would not do.
    const { options } = decodeFrame(frame.slice()).tcp!;
    const start = tcpSequence(frame, tcp);
    const cookie = Math.floor(actions.flowRandom(flow, 0) * uint32);
    const clock = Math.floor(actions.flowRandom(flow, 1) * uint32);
    this.flows.set(flow, { cookie, start, options, phase: 'cookie', shift: 0, window: 0 });
    const fields = {
      ...portsBack(frame, tcp),
      sequence: cookie,
      acknowledgment: (start + 1) >>> 0,
      flags: syn | ack,
      window: this.spec.window,
      options: answerOptions(this.spec, options, clock),
    };
    actions.emit('reverse', tcpBack(frame, fields, this.spec.ttl));
  }

  /** The ACK of the cookie was right: the server gets the SYN now; data that came along is sent again later. */
  private open(frame: Uint8Array, tcp: number, proxied: Proxied, actions: StageActions): void {
    const { cookie, start, options } = proxied;
    if (tcpAcknowledgment(frame, tcp) !== (cookie + 1) >>> 0) return;
    if (tcpSequence(frame, tcp) !== (start + 1) >>> 0) return;
    proxied.phase = 'opening';
    proxied.window = tcpWindow(frame, tcp);
    const fields = {
      sourcePort: tcpSourcePort(frame, tcp),
      destinationPort: tcpDestinationPort(frame, tcp),
      sequence: start,
      // Without a flag that makes it count: the kernel finds its cookie again by it.
      acknowledgment: cookie,
      flags: syn,
      window: proxied.window,
      options: openingOptions(this.spec, options, decodeFrame(frame).tcp!.options),
    };
    actions.emit('forward', tcpAlong(frame, fields, this.spec.ttl));
  }

  /** The server answered: it gets its ACK, the other side the window that it waits for. */
  private join(frame: Uint8Array, tcp: number, proxied: Proxied, actions: StageActions): void {
    const { cookie, start } = proxied;
    if (tcpAcknowledgment(frame, tcp) !== (start + 1) >>> 0) return;
    proxied.phase = 'joined';
    proxied.shift = (cookie - tcpSequence(frame, tcp)) | 0;
    // That of a SYN-ACK is not scaled, those after it are.
    const window = tcpWindow(frame, tcp) >> Math.min(14, shiftOf(decodeFrame(frame).tcp!.options) ?? 0);
    const toServer = {
      ...portsBack(frame, tcp),
      sequence: tcpAcknowledgment(frame, tcp),
      acknowledgment: (tcpSequence(frame, tcp) + 1) >>> 0,
      flags: ack,
      window: proxied.window,
    };
    actions.emit('forward', tcpBack(frame, toServer, this.spec.ttl));
    const toClient = {
      sourcePort: tcpSourcePort(frame, tcp),
      destinationPort: tcpDestinationPort(frame, tcp),
      sequence: (cookie + 1) >>> 0,
      acknowledgment: (start + 1) >>> 0,
      flags: ack,
      window,
    };
    actions.emit('reverse', tcpAlong(frame, toClient, this.spec.ttl));
  }
}

function portsBack(frame: Uint8Array, tcp: number) {
  return { sourcePort: tcpDestinationPort(frame, tcp), destinationPort: tcpSourcePort(frame, tcp) };
}

/**
 * Answers SYNs itself, and lets a connection through to the machine only when its cookie came back (RFC 4987
 * section 3.6; Linux' SYNPROXY and nft's `synproxy`, whose order of options and zero window it has). Then it
 * relays, translating the machine's sequence numbers. A prober that sends single SYNs sees the proxy and not
 * the machine; other first segments die here. The machine is asked for what a cookie keeps: one of four segment sizes, and
 * only where timestamps are in use the rest, in an order of the proxy's own. Timestamps are not translated.
 */
export function synProxy(spec: SynProxySpec): StagePair {
  const proxy = new SynProxy(spec);
  const options = [
    `mss ${spec.mss}`,
    ...(spec.windowScale === undefined ? [] : [`window-scale ${spec.windowScale}`]),
    ...(spec.sack ? ['sack'] : []),
    ...(spec.timestamps ? ['timestamps'] : []),
  ];
  const ports = spec.ports === 'all' ? '' : ` ports ${spec.ports.join(' ')}`;
  return {
    kind: 'syn-proxy',
    makes: 'packets',
    text: `syn-proxy${ports} ${options.join(' ')} window ${spec.window} ttl ${spec.ttl}`,
    forward: (packet, actions) => proxy.forward(packet, actions),
    reverse: (packet, actions) => proxy.reverse(packet, actions),
  };
}

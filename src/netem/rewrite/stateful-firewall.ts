import { ipProtocol, ipv4FragmentOffset, ipv4Protocol } from '../../packet/ipv4.js';
import { tcpFlags } from '../../packet/tcp.js';
import { type Direction, type Flow, flowOf } from '../flow.js';
import type { PathPacket, StageActions, StagePair } from '../stage.js';
import { opposite } from './answer.js';
import { hasRightChecksums } from './bad-checksum.js';
import { movedBy, openedBy, type TcpState } from './conntrack.js';
import { ip, tcpAt } from './edit.js';
import { quoteOf } from './endpoint.js';
import { FlowTable } from './flow-table.js';
import { type StrictConnection, strictlyContinues, strictlyOpenedBy } from './strict-tracking.js';

export interface StatefulFirewallSpec {
  readonly kind: 'stateful-firewall';
  readonly mode: 'conntrack' | 'strict';
}

/** What a firewall remembers of a flow, and which way its first packet went. */
interface Tracked {
  readonly opener: Direction;
  tcp: TcpState | StrictConnection | undefined;
}

class Firewall {
  private readonly flows = new FlowTable<Tracked>();

  constructor(private readonly mode: StatefulFirewallSpec['mode']) {}

  through(packet: PathPacket, actions: StageActions): void {
    if (this.belongs(packet.frame, actions.direction)) actions.pass();
    else actions.drop();
  }

  private belongs(frame: Uint8Array, direction: Direction): boolean {
    if (ipv4FragmentOffset(frame, ip) > 0) return this.mode === 'conntrack';
    if (!hasRightChecksums(frame)) return false;
    const quote = quoteOf(frame);
    const flow = quote
      ? { ...flowOf(quotedFrame(frame, quote.at), opposite(direction)) }
      : flowOf(frame, direction);
    const tracked = this.flows.get(flow);
    if (quote) return tracked !== undefined;
    if (ipv4Protocol(frame, ip) === ipProtocol.tcp) return this.tcpBelongs(frame, direction, flow, tracked);
    // Other protocols: the way back is open to whoever was spoken to.
    if (!tracked) this.flows.set(flow, { opener: direction, tcp: undefined });
    return true;
  }

  private tcpBelongs(
    frame: Uint8Array,
    direction: Direction,
    flow: Flow,
    tracked: Tracked | undefined,
  ): boolean {
    const tcp = tcpAt(frame);
    if (tcp === 0) return false;
    if (!tracked) {
      const opened = this.mode === 'strict' ? strictlyOpenedBy(frame, tcp) : openedBy(tcpFlags(frame, tcp));
      if (opened) this.flows.set(flow, { opener: direction, tcp: opened });
      return opened !== undefined;
    }
    const fromOpener = direction === tracked.opener;
    if (typeof tracked.tcp !== 'string') return strictlyContinues(tracked.tcp!, fromOpener, frame, tcp);
    const moved = movedBy(tracked.tcp, fromOpener ? 'original' : 'reply', tcpFlags(frame, tcp));
    if (moved !== 'invalid' && moved !== 'ignore') tracked.tcp = moved;
    return moved !== 'invalid';
  }
}

/** The packet that an ICMP error quotes, as a frame. */
function quotedFrame(frame: Uint8Array, at: number): Uint8Array {
  const quoted = frame.slice(at - ip);
  quoted.set(frame.subarray(0, ip));
  return quoted;
}

/**
 * Lets pass what opens a flow or belongs to one, whichever side opened it, and drops the rest; ICMP errors pass
 * where they quote such a flow. `conntrack` is `ct state invalid drop` of Linux: of first segments it takes SYNs
 * and, as a connection picked up in its middle, ACKs; any with flags that no stack sends or a wrong checksum is
 * invalid. `strict` wants the handshake from its first SYN on, without data, and then numbers in the window, as
 * Cisco's ASA and pf's `flags S/SAFR` do; it drops later fragments, whose ports it cannot see. Of segments with
 * flags at random, as the paper's probes have, one in eight survives the first and one in 32 the second.
 */
export function statefulFirewall({ mode }: StatefulFirewallSpec): StagePair {
  const firewall = new Firewall(mode);
  const through = (packet: PathPacket, actions: StageActions) => firewall.through(packet, actions);
  return {
    kind: 'stateful-firewall',
    text: `stateful-firewall ${mode}`,
    forward: through,
    reverse: through,
  };
}

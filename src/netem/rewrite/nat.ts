import { formatIpv4Address } from '../../packet/address.js';
import { readUint16 } from '../../packet/bytes.js';
import { ipProtocol, ipv4Destination, ipv4Source } from '../../packet/ipv4.js';
import { flowOf } from '../flow.js';
import type { PathPacket, StageActions, StagePair } from '../stage.js';
import { ip } from './edit.js';
import {
  quotedAddress,
  quoteOf,
  rewriteDestination,
  rewriteEnd,
  rewriteQuote,
  type Transport,
  transportOf,
} from './endpoint.js';

export interface NatSpec {
  readonly kind: 'nat';
  /** The address that the machine sees. */
  readonly address: number;
  /** Keep the source port where it is free, or draw every port at random. */
  readonly ports: 'preserve' | 'random';
  /** Probe packets after which a mapping that was not used may be taken by another, 1 or more. */
  readonly idle: number;
}

interface Mapping {
  readonly address: number;
  readonly port: number;
  readonly outsidePort: number;
  /** Ports that the inside end has sent to: only they may answer. */
  readonly peers: Set<number>;
  /** Place of the last packet from inside. */
  position: number;
}

const lowestPort = 1024;
const tries = 15;

class Translator {
  private readonly inside = new Map<string, Mapping>();
  private readonly outside = new Map<string, Mapping>();

  constructor(private readonly spec: NatSpec) {}

  forward(packet: PathPacket, actions: StageActions): void {
    const { frame } = packet;
    const found = transportOf(frame);
    const mapping = found && this.mappingFor(packet, found, actions);
    if (!mapping) {
      actions.drop();
      return;
    }
    mapping.position = packet.position;
    mapping.peers.add(peerPort(frame, found, 'destination'));
    rewriteEnd(frame, found, 'source', this.spec.address, mapping.outsidePort);
    actions.note('set', mapping.outsidePort);
    actions.pass();
  }

  reverse(packet: PathPacket, actions: StageActions): void {
    const { frame } = packet;
    const known = ipv4Destination(frame, ip) === this.spec.address && this.translateBack(frame);
    if (!known) {
      actions.drop();
      return;
    }
    actions.reidentify();
    actions.note('set', known.port);
    actions.pass();
  }

  private translateBack(frame: Uint8Array): Mapping | undefined {
    const quote = quoteOf(frame);
    if (quote) {
      const { transport } = quote;
      const mapping = this.outside.get(`${transport.protocol} ${readUint16(frame, transport.portAt.source)}`);
      const asked = mapping?.peers.has(peerPort(frame, transport, 'destination'));
      if (!mapping || !asked || quotedAddress(frame, quote, 'source') !== this.spec.address) return undefined;
      rewriteQuote(frame, quote, 'source', mapping.address, mapping.port);
      rewriteDestination(frame, mapping.address);
      return mapping;
    }
    const found = transportOf(frame);
    if (!found) return undefined;
    const mapping = this.outside.get(`${found.protocol} ${readUint16(frame, found.portAt.destination)}`);
    if (!mapping?.peers.has(peerPort(frame, found, 'source'))) return undefined;
    rewriteEnd(frame, found, 'destination', mapping.address, mapping.port);
    return mapping;
  }

  private mappingFor(packet: PathPacket, found: Transport, actions: StageActions): Mapping | undefined {
    const { frame, position } = packet;
    const address = ipv4Source(frame, ip);
    const port = readUint16(frame, found.portAt.source);
    const key = `${found.protocol} ${address} ${port}`;
    const known = this.inside.get(key);
    if (known) return known;
    const outsidePort = this.freePort(packet, found.protocol, port, actions);
    if (outsidePort === undefined) return undefined;
    const mapping = { address, port, outsidePort, peers: new Set<number>(), position };
    const name = `${found.protocol} ${outsidePort}`;
    const former = this.outside.get(name);
    if (former) this.inside.delete(`${found.protocol} ${former.address} ${former.port}`);
    this.inside.set(key, mapping);
    this.outside.set(name, mapping);
    return mapping;
  }

  /** The first candidate that nobody uses: the port itself, then ports that follow from the flow alone. */
  private freePort(
    { frame, position }: PathPacket,
    protocol: number,
    port: number,
    actions: StageActions,
  ): number | undefined {
    const free = (candidate: number) => {
      const holder = this.outside.get(`${protocol} ${candidate}`);
      return !holder || Math.abs(position - holder.position) >= this.spec.idle;
    };
    if (this.spec.ports === 'preserve' && free(port)) return port;
    const end = { ...flowOf(frame, 'forward'), machinePort: 0, proberPort: port };
    for (let draw = 0; draw < tries; draw++) {
      const candidate = lowestPort + Math.floor(actions.flowRandom(end, draw) * (0x1_0000 - lowestPort));
      if (free(candidate)) return candidate;
    }
    return undefined;
  }
}

/** The far end's port; an ICMP query has none, and any answer to its identifier is one. */
function peerPort(frame: Uint8Array, { protocol, portAt }: Transport, end: 'source' | 'destination'): number {
  return protocol === ipProtocol.icmp ? 0 : readUint16(frame, portAt[end]);
}

/**
 * Translates the prober's side to one address, as a home router does (RFC 3022), and back, in ICMP errors'
 * quotes as well. One mapping for an inside end whomever it talks to (RFC 4787 REQ-1), open to the ports that
 * it has sent to ("port-restricted", RFC 3489 section 5). What has no port dies here: later fragments, other
 * protocols, ICMP errors from the prober's side. Ports follow from the flow; only where two flows want the same
 * one at the same time, the first to come has it. Time plays no part: a mapping ages by the sequence of probes.
 * Between this stage and the machine answers are known by the address of the translator.
 */
export function nat(spec: NatSpec): StagePair {
  const translator = new Translator(spec);
  const ports = spec.ports === 'preserve' ? '' : ' random ports';
  return {
    kind: 'nat',
    text: `nat ${formatIpv4Address(spec.address)}${ports}`,
    forward: (packet, actions) => translator.forward(packet, actions),
    reverse: (packet, actions) => translator.reverse(packet, actions),
  };
}

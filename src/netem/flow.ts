import { readUint16 } from '../packet/bytes.js';
import {
  checkEthernetLength,
  ethernetEtherType,
  ethernetHeaderLength,
  etherType,
} from '../packet/ethernet.js';
import {
  checkIpv4Length,
  ipProtocol,
  ipv4Destination,
  ipv4FragmentOffset,
  ipv4HeaderLength,
  ipv4Protocol,
  ipv4Source,
} from '../packet/ipv4.js';

/**
 * Which packet is this? A packet's identity is its flow (the five-tuple) and its ordinal in that flow and
 * direction. Random decisions are keyed by identity, so that a guest's timing cannot change who is dropped.
 */
export interface PacketIdentity {
  /** Address and port of the prober's side, whichever way the packet goes; ports are 0 without TCP or UDP. */
  readonly proberAddress: number;
  readonly proberPort: number;
  readonly machinePort: number;
  readonly protocol: number;
  /** 0 for the first packet of the flow in this direction, then 1, 2, ... */
  readonly ordinal: number;
  /**
   * 0 for a packet that entered the path. The k-th stage that can make packets in a direction, from 0, adds 2^k
   * for what it makes. So the number says which stages made a packet and not when.
   */
  readonly copy: number;
}

export type Direction = 'forward' | 'reverse';

/** The five-tuple, named by who is at which end. */
export type Flow = Omit<PacketIdentity, 'ordinal' | 'copy'>;

/** True for a frame that carries IPv4 with a whole header: what a path works on; all else passes untouched. */
export function isIpv4Frame(frame: Uint8Array): boolean {
  return (
    checkEthernetLength(frame) &&
    ethernetEtherType(frame, 0) === etherType.ipv4 &&
    checkIpv4Length(frame, ethernetHeaderLength)
  );
}

type Mutable<T> = { -readonly [Name in keyof T]: T[Name] };

/** The identity of an IPv4 frame but for its ordinal, which only the path that counts can know. */
export function flowOf(frame: Uint8Array, direction: Direction): Flow {
  const flow = { proberAddress: 0, proberPort: 0, machinePort: 0, protocol: 0 };
  readFlow(frame, direction, flow);
  return flow;
}

/** {@link flowOf}, written into `flow`. */
export function readFlow(frame: Uint8Array, direction: Direction, flow: Mutable<Flow>): void {
  const ip = ethernetHeaderLength;
  const transport = ip + ipv4HeaderLength(frame, ip);
  const protocol = ipv4Protocol(frame, ip);
  const forward = direction === 'forward';
  const hasPorts =
    (protocol === ipProtocol.tcp || protocol === ipProtocol.udp) &&
    ipv4FragmentOffset(frame, ip) === 0 &&
    frame.length >= transport + 4;
  const source = hasPorts ? readUint16(frame, transport) : 0;
  const destination = hasPorts ? readUint16(frame, transport + 2) : 0;
  flow.proberAddress = proberAddressOf(frame, direction);
  flow.proberPort = forward ? source : destination;
  flow.machinePort = forward ? destination : source;
  flow.protocol = protocol;
}

/** Address of the prober's side of an IPv4 frame. */
export function proberAddressOf(frame: Uint8Array, direction: Direction): number {
  return direction === 'forward'
    ? ipv4Source(frame, ethernetHeaderLength)
    : ipv4Destination(frame, ethernetHeaderLength);
}

import { arpField, arpOperation, arpOperationOf, checkArpLength } from '../packet/arp.js';
import { readUint16, readUint32, writeUint16, writeUint32 } from '../packet/bytes.js';
import { updateChecksum, updateChecksum32 } from '../packet/checksum.js';
import { ethernetEtherType, ethernetHeaderLength, etherType } from '../packet/ethernet.js';
import { checkIcmpv4Length, icmpv4Field, icmpv4TypeOf, isIcmpv4Error } from '../packet/icmpv4.js';
import {
  checkIpv4Length,
  ipProtocol,
  ipv4Field,
  ipv4FragmentOffset,
  ipv4HeaderLength,
  ipv4Protocol,
} from '../packet/ipv4.js';
import { tcpField } from '../packet/tcp.js';
import { udpField } from '../packet/udp.js';
import type { Port } from './port.js';

/** One host of the machine's own network, and what the wire calls it; 32-bit numbers. */
export interface Translation {
  readonly inside: number;
  readonly outside: number;
}

/**
 * A machine whose address cannot be changed, as the wire's address plan has it: network address translation
 * (RFC 3022) of its address at its own end, quotes in ICMP errors included. Checksums are mended incrementally, so
 * that wrong ones stay wrong. Whatever router it asks for by ARP is the wire's gateway.
 */
export class TranslatedPort implements Port {
  onFrame: ((frame: Uint8Array) => void) | undefined;
  /** What the machine calls the gateway: the last address that it asked for. */
  private router: number;

  constructor(
    private readonly port: Port,
    private readonly machine: Translation,
    private readonly gateway: Translation,
  ) {
    this.router = gateway.inside;
    port.onFrame = (frame) => this.onFrame?.(this.outbound(frame.slice()));
  }

  get name(): string {
    return this.port.name;
  }

  send(frame: Uint8Array): void {
    this.port.send(this.inbound(frame.slice()));
  }

  flush(): void {
    this.port.flush();
  }

  async close(): Promise<void> {
    this.onFrame = undefined;
    await this.port.close();
  }

  private outbound(frame: Uint8Array): Uint8Array {
    const at = ethernetHeaderLength;
    const { inside, outside } = this.machine;
    const type = ethernetEtherType(frame, 0);
    if (type === etherType.arp && checkArpLength(frame, at)) {
      const target = readUint32(frame, at + arpField.targetAddress);
      if (arpOperationOf(frame, at) === arpOperation.request && target !== inside) {
        this.router = target;
        writeUint32(frame, at + arpField.targetAddress, this.gateway.outside);
      } else exchange(frame, at + arpField.targetAddress, this.router, this.gateway.outside);
      exchange(frame, at + arpField.senderAddress, inside, outside);
    } else if (type === etherType.ipv4) {
      translate(frame, at, ipv4Field.source, inside, outside);
      translateQuote(frame, at, inside, outside);
    }
    return frame;
  }

  private inbound(frame: Uint8Array): Uint8Array {
    const at = ethernetHeaderLength;
    const { inside, outside } = this.machine;
    const type = ethernetEtherType(frame, 0);
    if (type === etherType.arp && checkArpLength(frame, at)) {
      exchange(frame, at + arpField.senderAddress, this.gateway.outside, this.router);
      exchange(frame, at + arpField.targetAddress, outside, inside);
    } else if (type === etherType.ipv4) translate(frame, at, ipv4Field.destination, outside, inside);
    return frame;
  }
}

function exchange(frame: Uint8Array, at: number, from: number, to: number): void {
  if (readUint32(frame, at) === from) writeUint32(frame, at, to);
}

/** Where the transport checksum of a packet lies, if it has one that covers the addresses and is there. */
function transportChecksumAt(frame: Uint8Array, ip: number): number | undefined {
  if (ipv4FragmentOffset(frame, ip) !== 0) return undefined;
  const transport = ip + ipv4HeaderLength(frame, ip);
  const protocol = ipv4Protocol(frame, ip);
  const at =
    protocol === ipProtocol.tcp
      ? transport + tcpField.checksum
      : protocol === ipProtocol.udp
        ? transport + udpField.checksum
        : undefined;
  if (at === undefined || at + 2 > frame.length) return undefined;
  return protocol === ipProtocol.udp && readUint16(frame, at) === 0 ? undefined : at;
}

/** Exchanges one address of the IPv4 header at `ip`, with the checksums that cover it. */
function translate(frame: Uint8Array, ip: number, field: number, from: number, to: number): boolean {
  if (!checkIpv4Length(frame, ip) || readUint32(frame, ip + field) !== from) return false;
  writeUint32(frame, ip + field, to);
  for (const at of [ip + ipv4Field.checksum, transportChecksumAt(frame, ip)])
    if (at !== undefined) writeUint16(frame, at, updateChecksum32(readUint16(frame, at), from, to));
  return true;
}

/** An ICMP error quotes the packet as the machine got it: with its own address as the destination. */
function translateQuote(frame: Uint8Array, ip: number, from: number, to: number): void {
  if (!checkIpv4Length(frame, ip) || ipv4Protocol(frame, ip) !== ipProtocol.icmp) return;
  const icmp = ip + ipv4HeaderLength(frame, ip);
  if (!checkIcmpv4Length(frame, icmp) || !isIcmpv4Error(icmpv4TypeOf(frame, icmp))) return;
  const quote = icmp + icmpv4Field.payload;
  const checksumAt = checkIpv4Length(frame, quote) ? transportChecksumAt(frame, quote) : undefined;
  const before = checksumAt === undefined ? 0 : readUint16(frame, checksumAt);
  if (!translate(frame, quote, ipv4Field.destination, from, to) || checksumAt === undefined) return;
  // Of what changed in the quote, address and header checksum cancel out; the transport checksum is left.
  const at = icmp + icmpv4Field.checksum;
  writeUint16(frame, at, updateChecksum(readUint16(frame, at), before, readUint16(frame, checksumAt)));
}

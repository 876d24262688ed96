import { readUint16, writeUint16 } from '../../packet/bytes.js';
import { internetChecksum, transportChecksum } from '../../packet/checksum.js';
import { icmpv4Field } from '../../packet/icmpv4.js';
import {
  ipProtocol,
  ipv4Destination,
  ipv4Field,
  ipv4HeaderLength,
  ipv4Protocol,
  ipv4Source,
  ipv4TotalLength,
} from '../../packet/ipv4.js';
import { tcpField, tcpMinimumLength } from '../../packet/tcp.js';
import { udpField, udpHeaderLength } from '../../packet/udp.js';
import type { Stage } from '../stage.js';
import { ip, isFragment, packetEnd } from './edit.js';

export interface BadChecksumSpec {
  readonly kind: 'bad-checksum';
  readonly to: 'drop' | 'repair';
}

/** A checksum in a frame: where its field lies, and what makes it. */
interface Checksummed {
  readonly at: number;
  /** 0 where the field holds a valid one. */
  readonly verify: () => number;
}

function transportOf(frame: Uint8Array): Checksummed | undefined {
  const end = packetEnd(frame);
  // A checksum covers the whole datagram: a fragment or a cut-off packet cannot be judged.
  if (isFragment(frame) || end - ip !== ipv4TotalLength(frame, ip)) return undefined;
  const at = ip + ipv4HeaderLength(frame, ip);
  const protocol = ipv4Protocol(frame, ip);
  const verify = () =>
    transportChecksum(frame, at, end, ipv4Source(frame, ip), ipv4Destination(frame, ip), protocol);
  if (protocol === ipProtocol.tcp && end - at >= tcpMinimumLength)
    return { at: at + tcpField.checksum, verify };
  if (protocol === ipProtocol.udp && end - at >= udpHeaderLength) {
    const sent = readUint16(frame, at + udpField.checksum) !== 0;
    return sent ? { at: at + udpField.checksum, verify } : undefined;
  }
  if (protocol === ipProtocol.icmp && end - at >= icmpv4Field.rest)
    return { at: at + icmpv4Field.checksum, verify: () => internetChecksum(frame, at, end) };
  return undefined;
}

function headerOf(frame: Uint8Array): Checksummed {
  const verify = () => internetChecksum(frame, ip, ip + ipv4HeaderLength(frame, ip));
  return { at: ip + ipv4Field.checksum, verify };
}

function repair(frame: Uint8Array, { at, verify }: Checksummed, protocol: number): void {
  writeUint16(frame, at, 0);
  const right = verify();
  // In UDP zero means "none": a computed zero goes out as its other form (RFC 768).
  writeUint16(frame, at, right === 0 && protocol === ipProtocol.udp ? 0xffff : right);
}

/** True for a frame in which the checksums that can be judged are right. */
export function hasRightChecksums(frame: Uint8Array): boolean {
  return headerOf(frame).verify() === 0 && (transportOf(frame)?.verify() ?? 0) === 0;
}

/**
 * Looks at the checksums of IPv4, TCP, UDP and ICMP. `drop` is what routers do for the first (RFC 1812 section
 * 5.2.2) and firewalls for all (nf_conntrack_checksum); `repair` is what a box does that lets its network
 * card write them anew, so that a probe with a wrong checksum arrives with a right one.
 */
export function badChecksum({ to }: BadChecksumSpec): Stage {
  return {
    kind: 'bad-checksum',
    text: `bad-checksum ${to}`,
    process: ({ frame, protocol }, actions) => {
      const header = headerOf(frame);
      const transport = transportOf(frame);
      const wrong = [header, transport].filter((one) => one !== undefined && one.verify() !== 0);
      if (wrong.length > 0 && to === 'drop') {
        actions.drop();
        return;
      }
      for (const one of wrong) repair(frame, one!, one === header ? 0 : protocol);
      if (wrong.length > 0) actions.note('repair', wrong.length);
      actions.pass();
    },
  };
}

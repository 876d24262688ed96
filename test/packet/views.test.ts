import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as packet from '../../src/packet/index.js';
import { frameLikeBytes } from './arbitrary.js';
import { hex } from './hex.js';

/** A SYN-ACK with reserved bits, urgent pointer and options, at an odd offset of a longer buffer. */
const header = hex('1f90 9c40 fedcba98 89abcdef 6f12 8001 beef 7fff 020405b4');
const buffer = Uint8Array.of(0xee, ...header, 0xee);

describe('TCP view', () => {
  it('reads every field where it lies', () => {
    expect(packet.checkTcpLength(buffer, 1, 25)).toBe(true);
    expect(packet.tcpSourcePort(buffer, 1)).toBe(8080);
    expect(packet.tcpDestinationPort(buffer, 1)).toBe(40000);
    expect(packet.tcpSequence(buffer, 1)).toBe(0xfedcba98);
    expect(packet.tcpAcknowledgment(buffer, 1)).toBe(0x89abcdef);
    expect(packet.tcpHeaderLength(buffer, 1)).toBe(24);
    expect(packet.tcpReserved(buffer, 1)).toBe(0xf);
    expect(packet.tcpFlags(buffer, 1)).toBe(packet.tcpFlag.syn | packet.tcpFlag.ack);
    expect(packet.tcpWindow(buffer, 1)).toBe(0x8001);
    expect(packet.tcpChecksum(buffer, 1)).toBe(0xbeef);
    expect(packet.tcpUrgentPointer(buffer, 1)).toBe(0x7fff);
  });

  it('is refused where the header does not fit or is impossibly short', () => {
    expect(packet.checkTcpLength(buffer, 1, 24)).toBe(false);
    expect(packet.checkTcpLength(buffer.subarray(0, 20), 1)).toBe(false);
    expect(packet.checkTcpLength(hex('00000000 00000000 00000000 4f000000 00000000'))).toBe(false);
    expect(packet.checkTcpLength(hex('00000000 00000000 00000000 50000000 00000000'))).toBe(true);
  });
});

describe('IPv4 view', () => {
  const ip = hex('46 b8 001c abcd 6123 40 01 1234 c0a80001 ffffffff 94040000 0000');

  it('reads every field where it lies', () => {
    expect(packet.checkIpv4Length(ip)).toBe(true);
    expect(packet.ipv4HeaderLength(ip, 0)).toBe(24);
    expect(packet.ipv4Tos(ip, 0)).toBe(0xb8);
    expect(packet.ipv4TotalLength(ip, 0)).toBe(28);
    expect(packet.ipv4Identification(ip, 0)).toBe(0xabcd);
    expect(packet.ipv4Flags(ip, 0)).toBe(packet.ipv4Flag.dontFragment | packet.ipv4Flag.moreFragments);
    expect(packet.ipv4FragmentOffset(ip, 0)).toBe(0x123);
    expect(packet.ipv4Ttl(ip, 0)).toBe(64);
    expect(packet.ipv4Protocol(ip, 0)).toBe(packet.ipProtocol.icmp);
    expect(packet.ipv4Checksum(ip, 0)).toBe(0x1234);
    expect(packet.ipv4Source(ip, 0)).toBe(0xc0a80001);
    expect(packet.ipv4Destination(ip, 0)).toBe(0xffffffff);
  });

  it('is refused for another version, an IHL below 5, and a header that does not fit', () => {
    expect(packet.checkIpv4Length(ip.subarray(0, 23))).toBe(false);
    expect(packet.checkIpv4Length(Uint8Array.of(0x66, ...ip.subarray(1)))).toBe(false);
    expect(packet.checkIpv4Length(Uint8Array.of(0x44, ...ip.subarray(1)))).toBe(false);
    expect(packet.checkIpv4Length(new Uint8Array(0))).toBe(false);
  });
});

describe('UDP, ICMP, ARP and Ethernet views', () => {
  it('read every field where it lies', () => {
    const udp = hex('cf08 9cbd 000a 3c39 0102');
    expect(packet.checkUdpLength(udp)).toBe(true);
    expect([packet.udpSourcePort(udp, 0), packet.udpDestinationPort(udp, 0)]).toEqual([53000, 40125]);
    expect([packet.udpDatagramLength(udp, 0), packet.udpChecksum(udp, 0)]).toEqual([10, 0x3c39]);
    const icmp = hex('0304 5435 1234 05dc');
    expect(packet.checkIcmpv4Length(icmp)).toBe(true);
    expect([packet.icmpv4TypeOf(icmp, 0), packet.icmpv4Code(icmp, 0)]).toEqual([3, 4]);
    expect(packet.icmpv4Checksum(icmp, 0)).toBe(0x5435);
    expect([packet.icmpv4Identifier(icmp, 0), packet.icmpv4Sequence(icmp, 0)]).toEqual([0x1234, 1500]);
    expect(packet.icmpv4Rest(icmp, 0)).toBe(0x123405dc);
    const arp = hex('0001 0800 0604 0002 020000000002 8a000002 020000000001 0a000001');
    expect(packet.checkArpLength(arp)).toBe(true);
    expect(packet.arpOperationOf(arp, 0)).toBe(packet.arpOperation.reply);
    expect([packet.arpSenderAddress(arp, 0), packet.arpTargetAddress(arp, 0)]).toEqual([
      0x8a000002, 0x0a000001,
    ]);
    expect(packet.ethernetEtherType(hex('020000000002 020000000001 86dd'), 0)).toBe(packet.etherType.ipv6);
  });

  it('are refused where the header does not fit or its length is impossible', () => {
    expect(packet.checkUdpLength(hex('cf08 9cbd 0007 3c39'))).toBe(false);
    expect(packet.checkUdpLength(hex('cf08 9cbd 0009 3c39'))).toBe(false);
    expect(packet.checkUdpLength(hex('cf08 9cbd 0008 3c'))).toBe(false);
    expect(packet.checkIcmpv4Length(hex('0304 5435 1234 05'))).toBe(false);
    expect(
      packet.checkArpLength(hex('0001 0800 0804 0002 020000000002 0a000002 020000000001 0a000001')),
    ).toBe(false);
    expect(packet.checkArpLength(hex('0001 0800 0604 0002 020000000002 0a000002 020000000001 0a0000'))).toBe(
      false,
    );
    expect(packet.checkEthernetLength(new Uint8Array(13))).toBe(false);
  });

  it('a computed UDP checksum of zero goes out as 0xffff, a set zero as zero', () => {
    const udp = { sourcePort: 0, destinationPort: 0, length: 0 };
    const bytes = new Uint8Array(8);
    packet.emitUdp(udp, bytes, 0, 8, 0xffff0000 - 0x190000, 0);
    expect(packet.udpChecksum(bytes, 0)).toBe(0xffff);
    packet.emitUdp({ ...udp, checksum: 0 }, bytes, 0, 8, 0xffff0000 - 0x190000, 0);
    expect(packet.udpChecksum(bytes, 0)).toBe(0);
  });
});

describe('view and representation', () => {
  it('agree on every frame whose checks pass', () => {
    fc.assert(
      fc.property(frameLikeBytes, (bytes) => {
        const { ipv4, tcp } = packet.decodeFrame(bytes);
        if (!ipv4 || !packet.checkIpv4Length(bytes, 14)) return;
        expect(packet.ipv4Length(ipv4)).toBe(packet.ipv4HeaderLength(bytes, 14));
        const at = 14 + packet.ipv4HeaderLength(bytes, 14);
        const end = Math.min(bytes.length, 14 + packet.ipv4TotalLength(bytes, 14));
        if (!tcp || !packet.checkTcpLength(bytes, at, end)) return;
        expect(packet.tcpLength(tcp)).toBe(packet.tcpHeaderLength(bytes, at));
        expect(tcp.flags).toBe(packet.tcpFlags(bytes, at));
        expect(tcp.sequence).toBe(packet.tcpSequence(bytes, at));
      }),
      { numRuns: 1000 },
    );
  });
});

describe('TCP flags as text', () => {
  it('are letters from FIN up', () => {
    expect(packet.formatTcpFlags(0x12)).toBe('SA');
    expect(packet.formatTcpFlags(0xff)).toBe('FSRPAUEC');
    expect(packet.formatTcpFlags(0)).toBe('');
    expect(packet.parseTcpFlags('AS')).toBe(0x12);
    expect(() => packet.parseTcpFlags('SX')).toThrow('expected TCP flags, found "SX"');
  });

  it('survive format and parse', () => {
    for (let flags = 0; flags < 256; flags++) {
      expect(packet.parseTcpFlags(packet.formatTcpFlags(flags))).toBe(flags);
    }
  });
});

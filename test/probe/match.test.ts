import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isIpv4Frame } from '../../src/netem/flow.js';
import { emitFrame, icmpFrame, icmpv4Type, tcpFrame, udpFrame } from '../../src/packet/index.js';
import { addressing } from '../../src/probe/addressing.js';
import { answers } from '../../src/probe/match.js';

const there = {
  ethernet: { source: addressing.proberMac, destination: addressing.machineMac },
  ipv4: { source: addressing.copies, destination: addressing.machine },
};
const back = {
  ethernet: { source: addressing.machineMac, destination: addressing.proberMac },
  ipv4: { source: addressing.machine, destination: addressing.copies },
};
const probe = emitFrame(tcpFrame({ ...there, tcp: { sourcePort: 40_000, destinationPort: 81 } }));
const tcp = (sourcePort: number, destinationPort: number, options = new Uint8Array(0)) =>
  emitFrame(tcpFrame({ ...back, ipv4: { ...back.ipv4, options }, tcp: { sourcePort, destinationPort } }));
const icmpQuoting = (quote: Uint8Array, type: number = icmpv4Type.destinationUnreachable) =>
  emitFrame(icmpFrame({ ...back, icmp: { type, code: 3 }, payload: quote }));

describe('answers', () => {
  it('takes TCP with the ports of the probe turned round, with IP options too', () => {
    expect(answers(tcp(81, 40_000), probe)).toBe(true);
    expect(answers(tcp(81, 40_000, Uint8Array.of(0x94, 4, 0, 0)), probe)).toBe(true);
  });

  it('takes no other TCP', () => {
    for (const [from, to] of [
      [40_000, 81],
      [81, 40_001],
      [82, 40_000],
      [81, 81],
    ] as const)
      expect(answers(tcp(from, to), probe)).toBe(false);
  });

  it('takes an ICMP error that quotes the probe, were it only 8 bytes beyond the header', () => {
    for (const type of [3, 4, 5, 11, 12])
      expect(answers(icmpQuoting(probe.subarray(14), type), probe)).toBe(true);
    expect(answers(icmpQuoting(probe.subarray(14, 42)), probe)).toBe(true);
    const options = Uint8Array.of(0x94, 4, 0, 0);
    const marked = tcpFrame({
      ...there,
      ipv4: { ...there.ipv4, options },
      tcp: { sourcePort: 40_000, destinationPort: 81 },
    });
    expect(answers(icmpQuoting(emitFrame(marked).subarray(14)), probe)).toBe(true);
  });

  it('takes no other ICMP: no error, no ports, another packet quoted', () => {
    const quote = probe.subarray(14);
    expect(answers(icmpQuoting(quote, icmpv4Type.echoReply), probe)).toBe(false);
    expect(answers(icmpQuoting(quote.subarray(0, 23)), probe)).toBe(false);
    expect(answers(icmpQuoting(quote.subarray(0, 10)), probe)).toBe(false);
    expect(answers(icmpQuoting(tcp(81, 40_000).subarray(14)), probe)).toBe(false);
    const udp = udpFrame({ ...there, udp: { sourcePort: 40_000, destinationPort: 81 } });
    expect(answers(icmpQuoting(emitFrame(udp).subarray(14)), probe)).toBe(false);
  });

  it('takes no UDP', () => {
    const udp = udpFrame({ ...back, udp: { sourcePort: 81, destinationPort: 40_000 } });
    expect(answers(emitFrame(udp), probe)).toBe(false);
  });

  it('never throws on what the wire may carry', () => {
    const anyIpv4 = fc
      .record({
        bytes: fc.uint8Array({ minLength: 34, maxLength: 120 }),
        words: fc.integer({ min: 5, max: 15 }),
        protocol: fc.constantFrom(1, 6, 17),
        icmpType: fc.constantFrom(0, 3, 11),
      })
      .map(({ bytes, words, protocol, icmpType }) => {
        const ihl = Math.min(words, (bytes.length - 14) >> 2);
        bytes.set([8, 0, 0x40 | ihl], 12);
        bytes[23] = protocol;
        if (14 + 4 * ihl < bytes.length) bytes[14 + 4 * ihl] = icmpType;
        return bytes;
      });
    fc.assert(
      fc.property(anyIpv4, (frame) => {
        expect(isIpv4Frame(frame)).toBe(true);
        expect(answers(frame, probe)).toBe(false);
      }),
    );
  });
});

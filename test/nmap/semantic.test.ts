import { describe, expect, it } from 'vitest';
import { nmapProbes } from '../../src/nmap/probes.js';
import { quoteOf } from '../../src/nmap/quote.js';
import { type Semantics, semanticFields, semanticValues } from '../../src/nmap/semantic.js';
import { parseSubject } from '../../src/nmap/subject-text.js';
import { timestampHz, timestampOffset } from '../../src/nmap/timestamps.js';
import { decodeFrame, emitFrame, icmpFrame } from '../../src/packet/index.js';
import { randomStream } from '../../src/random.js';

const scan = (text: string, more: Partial<Semantics> = {}): Semantics => ({
  ...{ fingerprint: parseSubject(text, 'a').fingerprint, quote: undefined, order: [] },
  ...{ retransmissions: undefined, timestampHz: undefined, timestampOffset: undefined, ...more },
});
const attributes = (of: Semantics) => {
  const values = semanticValues(of);
  expect(values).toHaveLength(semanticFields.length);
  const pairs = semanticFields.map(
    ({ name }, index) => [name.replace('semantic.', ''), values[index]] as const,
  );
  return Object.fromEntries(pairs.filter(([, value]) => value !== undefined));
};

describe('semantic attributes', () => {
  it('of a stack that draws what it can', () => {
    const random = scan('SEQ(SP=104%GCD=2%ISR=10B%TI=Z%CI=Z%II=I%TS=1E)', {
      ...{ quote: { bytes: 328, altered: [] }, order: ['syn-open', 'ping', 'udp-closed'] },
      ...{ retransmissions: [1012, 3031, 7093], timestampHz: 1003.2, timestampOffset: 'own' },
    });
    expect(attributes(random)).toEqual({
      ...{ 'tcp.isn.gcd': 1, 'tcp.isn.rate': '2^31..2^35 /s' },
      ...{ 'ip.id.tcp-open': 'zero', 'ip.id.tcp-closed': 'zero', 'ip.id.icmp': 'incremental' },
      ...{ 'tcp.timestamp.offset': 'own', 'tcp.timestamp.clock': '2^10 Hz' },
      ...{ 'tcp.rto.count': 3, 'tcp.rto.schedule': '1 2 4', 'tcp.rto.backoff': 'x2' },
      ...{ 'icmp.quote.bytes': 328, 'icmp.quote.altered': 'nothing', order: 'as sent' },
    });
  });

  it('of a stack that counts, shows one clock and has its own way with quotes and order', () => {
    const counting = scan('SEQ(SP=0%GCD=FA00%ISR=9F%TI=I%CI=RI%II=1234%SS=S%TS=7)', {
      ...{ quote: { bytes: 28, altered: ['id', 'header-checksum'] }, order: ['ping', 'syn-open'] },
      ...{ retransmissions: [], timestampOffset: 'shared' },
    });
    expect(attributes(counting)).toEqual({
      ...{ 'tcp.isn.gcd': 64_000, 'tcp.isn.rate': '2^19..2^23 /s' },
      ...{ 'ip.id.tcp-open': 'incremental', 'ip.id.tcp-closed': 'random steps', 'ip.id.icmp': 'constant' },
      ...{ 'ip.id.counters': 'shared', 'tcp.timestamp.offset': 'shared', 'tcp.timestamp.clock': '100 Hz' },
      ...{ 'tcp.rto.count': 0, 'tcp.rto.schedule': 'none' },
      ...{ 'icmp.quote.bytes': 28, 'icmp.quote.altered': 'id, header-checksum', order: 'ping, syn-open' },
    });
  });

  it('tell how waits grow by a clock that is wrong, too', () => {
    const fast = attributes(scan('T1(R=N)', { retransmissions: [262, 778, 1826, 3924] }));
    expect(fast).toMatchObject({ 'tcp.rto.count': 4, 'tcp.rto.backoff': 'x2' });
    const steady = attributes(scan('T1(R=N)', { retransmissions: [990, 2010, 4030] }));
    expect(steady).toMatchObject({ 'tcp.rto.schedule': '1 1 2', 'tcp.rto.backoff': 'x1 x2' });
  });

  it('are none where nothing was answered, and a rate is one only between numbers that differ', () => {
    expect(attributes(scan('T1(R=N)'))).toEqual({});
    expect(attributes(scan('SEQ(SP=0%GCD=0%ISR=0)'))).toEqual({
      'tcp.isn.gcd': 0,
      'tcp.isn.rate': 'constant',
    });
  });
});

describe('timestamps', () => {
  const at = (...values: number[]) => values.map((value, index) => ({ value, sentMs: 100 * index }));

  it('of connections are of one clock, of an own one each, zero, or not there', () => {
    expect(timestampOffset(at(5000, 5100, 5205))).toBe('shared');
    expect(timestampOffset(at(0xffff_ffc0, 20, 120))).toBe('shared');
    expect(timestampOffset(at(5000, 0x8000_0000, 77))).toBe('own');
    expect(timestampOffset(at(0, 0))).toBe('zero');
    expect(timestampOffset([...at(5000), undefined])).toBe('none');
    expect(timestampOffset(at(5000))).toBeUndefined();
  });

  it('of one connection tell its clock, if they are half a second apart', () => {
    const copies = [7, 1007, 3007].map((sentMs) => ({ value: (0xffff_ff00 + sentMs / 10) >>> 0, sentMs }));
    expect(timestampHz(copies)).toBeCloseTo(100, 0);
    expect(timestampHz(copies.slice(0, 1))).toBeUndefined();
    expect(timestampHz([undefined])).toBeUndefined();
  });
});

describe('a quote', () => {
  const ports = { open: undefined, closed: 81, closedUdp: 40_125 };
  const probe = nmapProbes(ports, randomStream(1, 'quote')).find(({ name }) => name === 'U1')!;
  const quoting = (change: (bytes: Uint8Array) => Uint8Array) => {
    const { ethernet, ipv4 } = probe.sent;
    const header = { source: ipv4!.destination, destination: ipv4!.source };
    const payload = change(probe.bytes.slice(14));
    const icmp = { type: 3, code: 3 };
    return quoteOf(
      probe,
      decodeFrame(emitFrame(icmpFrame({ ethernet: ethernet!, ipv4: header, icmp, payload }))),
    );
  };

  it('is whole or cut', () => {
    expect(quoting((bytes) => bytes)).toEqual({ bytes: 328, altered: [] });
    expect(quoting((bytes) => bytes.subarray(0, 28))).toEqual({ bytes: 28, altered: [] });
    expect(quoteOf(probe, undefined)).toBeUndefined();
  });

  it('names the fields that are not as they were sent', () => {
    const altered = quoting((bytes) => {
      bytes[2] = bytes[3]!;
      bytes[27]! ^= 1;
      bytes[200] = 0;
      return bytes;
    });
    expect(altered!.altered).toEqual(['total-length', 'udp-checksum', 'header-checksum', 'payload']);
  });
});

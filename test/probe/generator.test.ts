import { describe, expect, it } from 'vitest';
import {
  decodeFrame,
  emitFrame,
  internetChecksum,
  ipv4Flag,
  type TcpOption,
  tcpFlag,
  transportChecksum,
} from '../../src/packet/index.js';
import { addressing } from '../../src/probe/addressing.js';
import { generateProbes } from '../../src/probe/generator.js';
import { probeFrame, probesDigest, withPort } from '../../src/probe/probe.js';

const ports = { open: 22, closed: 81 };
const framesOf = (seed: number | string, count: number, closedShare = 0.25) =>
  generateProbes({ seed, count, closedShare }).map((probe) => probeFrame(probe, ports));

const many = generateProbes({ seed: 1, count: 3000, closedShare: 0.25 });
const frames = many.map((probe) => probeFrame(probe, ports));
const decoded = frames.map(decodeFrame);

describe('generated probes', () => {
  it('are the same bytes for the same seed, and others for another', () => {
    expect(framesOf(7, 50)).toEqual(framesOf(7, 50));
    expect(probesDigest(framesOf(7, 50))).toBe(probesDigest(framesOf(7, 50)));
    expect(probesDigest(framesOf(8, 50))).not.toBe(probesDigest(framesOf(7, 50)));
  });

  it('are those that they were when this was written', () => {
    expect(probesDigest(framesOf(1, 300))).toBe(
      '38edc383e4a232cf21882e56336ba37301d5d9f01c8e1ffd552b79aefbeefc4d',
    );
  });

  it('keep the first ones when more are asked for', () => {
    expect(framesOf(7, 200).slice(0, 50)).toEqual(framesOf(7, 50));
  });

  it('differ in nothing but their target when the closed share differs', () => {
    const untargeted = (closedShare: number) =>
      generateProbes({ seed: 7, count: 50, closedShare }).map(({ target: _target, ...rest }) => rest);
    expect(untargeted(0)).toEqual(untargeted(1));
  });

  it.each([0, 0.25, 1])('go to the closed port at a share of %d', (closedShare) => {
    const count = 2000;
    const closed = generateProbes({ seed: 3, count, closedShare }).filter(
      ({ target }) => target === 'closed',
    );
    expect(Math.abs(closed.length - count * closedShare)).toBeLessThanOrEqual(100 * closedShare);
  });

  it('hit the ports they are aimed at, from an unprivileged one', () => {
    for (const [index, { tcp }] of decoded.entries()) {
      expect(tcp!.destinationPort).toBe(ports[many[index]!.target]);
      expect(tcp!.sourcePort).toBeGreaterThanOrEqual(1024);
    }
  });
});

describe('every probe', () => {
  it('is well formed: lengths, checksums and header sizes', () => {
    for (const frame of frames.slice(0, 1000)) {
      const { ipv4, tcp, payload, trailer } = decodeFrame(frame);
      expect([ipv4!.ihl, ipv4!.totalLength]).toEqual([5, frame.length - 14]);
      expect(internetChecksum(frame, 14, 34)).toBe(0);
      expect(transportChecksum(frame, 34, frame.length, ipv4!.source, ipv4!.destination, 6)).toBe(0);
      expect(tcp!.dataOffset! * 4).toBe(frame.length - 34);
      expect(tcp!.dataOffset).toBeLessThanOrEqual(15);
      expect([payload, trailer]).toEqual([undefined, undefined]);
      expect(Buffer.compare(emitFrame(decodeFrame(frame)), frame)).toBe(0);
    }
  });

  it('can be routed: whole, from the first copy to the machine, with hops to spare', () => {
    for (const { ethernet, ipv4 } of decoded.slice(0, 1000)) {
      expect([ipv4!.source, ipv4!.destination]).toEqual([addressing.copies, addressing.machine]);
      expect(ethernet).toMatchObject({ source: addressing.proberMac, destination: addressing.machineMac });
      expect(ipv4!.ttl).toBeGreaterThanOrEqual(32);
      expect(ipv4!.flags & ~ipv4Flag.dontFragment).toBe(0);
      expect(ipv4!.fragmentOffset).toBe(0);
    }
  });

  it('has options that parse, each kind once, and nothing but zeros behind their end', () => {
    for (const { tcp } of decoded) {
      const types = tcp!.options.map((option) =>
        option.type === 'other' ? `other ${option.kind}` : option.type,
      );
      const once = types.filter((type) => type !== 'nop' && type !== 'raw');
      expect(new Set(once).size).toBe(once.length);
      const raw = types.indexOf('raw');
      if (raw < 0) continue;
      expect(raw).toBe(types.length - 1);
      expect(types[raw - 1]).toBe('eol');
      const { bytes } = tcp!.options[raw] as Extract<TcpOption, { type: 'raw' }>;
      expect(bytes.every((byte) => byte === 0)).toBe(true);
    }
  });
});

describe('many probes', () => {
  const valuesOf = (pick: (probe: (typeof many)[number]) => number) => new Set(many.map(pick));

  it('have every combination of flags, reserved bits and DF', () => {
    expect(valuesOf(({ flags }) => flags).size).toBe(256);
    expect(valuesOf(({ reserved }) => reserved).size).toBe(16);
    expect(valuesOf(({ ipFlags }) => ipFlags)).toEqual(new Set([0, ipv4Flag.dontFragment]));
  });

  it('have each flag and each flag pair about as often as chance has it', () => {
    const syn = many.filter(({ flags }) => flags & tcpFlag.syn).length;
    const synAck = many.filter(({ flags }) => (flags & 0x12) === 0x12).length;
    expect(Math.abs(syn - 1500)).toBeLessThan(160);
    expect(Math.abs(synAck - 750)).toBeLessThan(140);
  });

  it('spread over the whole range of every field', () => {
    const spreads: [keyof (typeof many)[number], number, number][] = [
      ['tos', 0, 255],
      ['identification', 0, 65_535],
      ['ttl', 32, 255],
      ['sourcePort', 1024, 65_535],
      ['sequence', 0, 2 ** 32 - 1],
      ['acknowledgment', 0, 2 ** 32 - 1],
      ['window', 0, 65_535],
      ['urgentPointer', 0, 65_535],
    ];
    for (const [field, least, most] of spreads) {
      const values = many.map((probe) => probe[field] as number);
      const width = most - least;
      expect(Math.min(...values), field).toBeGreaterThanOrEqual(least);
      expect(Math.min(...values), field).toBeLessThanOrEqual(least + width / 100);
      expect(Math.max(...values), field).toBeLessThanOrEqual(most);
      expect(Math.max(...values), field).toBeGreaterThanOrEqual(most - width / 100);
      const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
      expect(Math.abs(mean - (least + most) / 2) / width, field).toBeLessThan(0.025);
    }
  });

  it('try every kind of option, none at all, and a full header', () => {
    const types = new Set(many.flatMap(({ options }) => options.map(({ type }) => type)));
    expect([...types].sort()).toEqual(
      [
        ...['accEcn', 'fastOpen', 'mss', 'nop', 'other', 'sack'],
        ...['sackPermitted', 'timestamps', 'userTimeout', 'windowScale'],
      ].sort(),
    );
    const lengths = new Set(decoded.map(({ tcp }) => tcp!.dataOffset));
    expect(lengths).toEqual(new Set([5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15]));
    expect(decoded.some(({ tcp }) => tcp!.options.some(({ type }) => type === 'eol'))).toBe(true);
  });
});

describe('probesDigest', () => {
  it('sees every byte and where frames begin', () => {
    const digests = [
      probesDigest([]),
      probesDigest([Uint8Array.of(1, 2), Uint8Array.of(3)]),
      probesDigest([Uint8Array.of(1), Uint8Array.of(2, 3)]),
      probesDigest([Uint8Array.of(1, 2), Uint8Array.of(4)]),
      probesDigest([Uint8Array.of(3), Uint8Array.of(1, 2)]),
    ];
    expect(new Set(digests).size).toBe(digests.length);
  });
});

it('a frame with another destination port is the one that is made for that port', () => {
  const [one, other] = [
    { open: 22, closed: 81 },
    { open: 8080, closed: 65_535 },
  ];
  for (const probe of generateProbes({ seed: 5, count: 500, closedShare: 0.5 }))
    expect(withPort(probeFrame(probe, one), other[probe.target])).toEqual(probeFrame(probe, other));
});

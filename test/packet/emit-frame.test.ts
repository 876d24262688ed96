import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InputError } from '../../src/errors.js';
import {
  arpReply,
  arpRequest,
  decodeFrame,
  emitFrame,
  emitFrameInto,
  type Frame,
  icmpFrame,
  udpFrame,
  withoutComputed,
} from '../../src/packet/index.js';
import { wellFormedFrame } from './arbitrary.js';
import {
  arpReplyBytes,
  arpRequestBytes,
  destination,
  ends,
  ethernet,
  icmpBytes,
  source,
  syn,
  synBytes,
  udpBytes,
} from './golden-frames.js';
import { hex } from './hex.js';

describe('emitFrame', () => {
  it('builds a SYN with computed lengths and checksums', () => {
    expect(emitFrame(syn)).toEqual(synBytes);
  });

  it('builds UDP behind IP options', () => {
    const ipv4 = { ...ends, options: hex('94040000') };
    const udp = { sourcePort: 53000, destinationPort: 40125 };
    const payload = new TextEncoder().encode('hello');
    expect(emitFrame(udpFrame({ ethernet, ipv4, udp, payload }))).toEqual(udpBytes);
  });

  it('builds an echo request', () => {
    const payload = new TextEncoder().encode('abcdefgh');
    expect(emitFrame(icmpFrame({ ethernet, ipv4: ends, icmp: { rest: 0x12340001 }, payload }))).toEqual(
      icmpBytes,
    );
  });

  it('builds ARP', () => {
    const prober = { mac: source, address: 0x0a000001 };
    const machine = { mac: destination, address: 0x0a000002 };
    expect(emitFrame(arpRequest(prober, machine.address))).toEqual(arpRequestBytes);
    expect(emitFrame(arpReply(machine, prober))).toEqual(arpReplyBytes);
  });

  it('sends what is set, right or wrong', () => {
    const bytes = emitFrame({
      ...syn,
      ipv4: { ...syn.ipv4!, ihl: 15, totalLength: 7, checksum: 0xbeef },
      tcp: { ...syn.tcp!, dataOffset: 3, checksum: 0xdead },
    });
    expect(bytes).toHaveLength(74);
    expect([bytes[14], bytes[16], bytes[17], bytes[24], bytes[25]]).toEqual([0x4f, 0, 7, 0xbe, 0xef]);
    expect([bytes[46], bytes[50], bytes[51]]).toEqual([0x30, 0xde, 0xad]);
  });

  it('pads options with zeros to 32-bit words', () => {
    const ipv4 = { ...syn.ipv4!, options: Uint8Array.of(1) };
    const bytes = emitFrame({
      ...syn,
      ipv4,
      tcp: { ...syn.tcp!, options: [{ type: 'windowScale', shift: 7 }] },
    });
    expect(bytes).toHaveLength(62);
    expect(bytes.subarray(34, 38)).toEqual(Uint8Array.of(1, 0, 0, 0));
    expect(decodeFrame(bytes).tcp).toMatchObject({
      dataOffset: 6,
      options: [{ type: 'windowScale', shift: 7 }, { type: 'eol' }],
    });
  });

  it('leaves the trailer out of lengths and checksums', () => {
    const padded = emitFrame({ ...syn, trailer: { bytes: Uint8Array.of(1, 2, 3) } });
    expect(padded).toEqual(Uint8Array.of(...synBytes, 1, 2, 3));
  });

  it('writes into a buffer that holds other things', () => {
    const buffer = new Uint8Array(100).fill(0xee);
    expect(emitFrameInto(syn, buffer, 10)).toBe(84);
    expect(buffer.subarray(10, 84)).toEqual(synBytes);
    expect(buffer.subarray(0, 10).every((byte) => byte === 0xee)).toBe(true);
    expect(buffer.subarray(84).every((byte) => byte === 0xee)).toBe(true);
  });

  it('refuses layers that cannot stand together', () => {
    const { ipv4: _, ...headless } = syn;
    expect(() => emitFrame(headless)).toThrow(InputError);
    expect(() => emitFrame({ ...syn, udp: { sourcePort: 1, destinationPort: 2 } })).toThrow(
      'these layers cannot stand together in one frame: ipv4, tcp, udp',
    );
    expect(() => emitFrame({ ...syn, ...arpRequest({ mac: source, address: 1 }, 2) })).toThrow(InputError);
  });

  it('refuses a computed length that its field cannot hold', () => {
    const big = { bytes: new Uint8Array(65_536) };
    expect(() => emitFrame({ ...syn, payload: big })).toThrow(/totalLength can state at most 65535/);
    expect(emitFrame({ ...syn, ipv4: { ...syn.ipv4!, totalLength: 1 }, payload: big })).toHaveLength(65_610);
    const options = [{ type: 'raw', bytes: new Uint8Array(41).fill(1) }] as const;
    expect(() => emitFrame({ ...syn, tcp: { ...syn.tcp!, options } })).toThrow(/44 bytes do not fit/);
    expect(emitFrame({ ...syn, tcp: { ...syn.tcp!, options, dataOffset: 15 } })).toHaveLength(98);
  });
});

describe('withoutComputed', () => {
  it('leaves a well-formed frame what it was', () => {
    fc.assert(
      fc.property(wellFormedFrame, (frame) => {
        const bytes = emitFrame(frame);
        const decoded = decodeFrame(bytes);
        expect(withoutOffsets(decoded)).toMatchObject(withoutUndefined(frame));
        expect(emitFrame(withoutComputed(decoded))).toEqual(bytes);
      }),
      { numRuns: 500 },
    );
  });

  it('mends every checksum and length of a broken frame', () => {
    const broken = synBytes.slice();
    for (const at of [17, 24, 50]) broken[at]! ^= 0x55;
    expect(emitFrame(withoutComputed(decodeFrame(broken)))).toEqual(synBytes);
  });
});

function withoutUndefined<T extends object>(value: T): T {
  return Object.fromEntries(Object.entries(value).filter(([, part]) => part !== undefined)) as T;
}

function withoutOffsets(frame: Frame): Frame {
  const { payload, trailer } = frame;
  return {
    ...frame,
    ...(payload && { payload: { bytes: payload.bytes } }),
    ...(trailer && { trailer: { bytes: trailer.bytes } }),
  };
}

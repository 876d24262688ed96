import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  decodeFrame,
  emitFrame,
  frameLength,
  icmpFrame,
  quotedPacket,
  tcpFlag,
} from '../../src/packet/index.js';
import { frameLikeBytes } from './arbitrary.js';
import {
  arpReplyBytes,
  arpRequestBytes,
  destination,
  ends,
  ethernet,
  icmpBytes,
  set,
  source,
  syn,
  synBytes,
  udpBytes,
} from './golden-frames.js';
import { hex } from './hex.js';

/** Plain bytes, whatever class of array they came in. */
const plain = (bytes: Uint8Array) => Uint8Array.from(bytes);

describe('decodeFrame', () => {
  it('takes a SYN apart, every field explicit', () => {
    expect(decodeFrame(synBytes)).toEqual({
      ethernet: { destination, source, etherType: 0x0800 },
      ipv4: {
        version: 4,
        ihl: 5,
        tos: 0,
        totalLength: 60,
        identification: 0x1c46,
        flags: 2,
        fragmentOffset: 0,
        ttl: 64,
        protocol: 6,
        checksum: 0x0a74,
        source: 0x0a000001,
        destination: 0x0a000002,
        options: new Uint8Array(0),
      },
      tcp: {
        ...syn.tcp,
        dataOffset: 10,
        reserved: 0,
        flags: tcpFlag.syn,
        checksum: 0x518e,
      },
    });
  });

  it('separates payload and trailer, and says where they were', () => {
    const { payload, trailer } = decodeFrame(Uint8Array.of(...udpBytes, 0, 0, 9));
    expect(payload).toEqual({ bytes: new TextEncoder().encode('hello'), offset: 46 });
    expect(trailer).toEqual({ bytes: Uint8Array.of(0, 0, 9), offset: 51 });
  });

  const kept: [
    what: string,
    change: (bytes: Uint8Array) => Uint8Array,
    layers: string[],
    payloadAt: number,
  ][] = [
    ['no bytes', (bytes) => bytes.subarray(0, 0), [], -1],
    ['less than an Ethernet header', (bytes) => bytes.subarray(0, 13), [], 0],
    ['an unknown EtherType', set(12, 0x88), ['ethernet'], 14],
    ['less than an IPv4 header', (bytes) => bytes.subarray(0, 33), ['ethernet'], 14],
    ['another IP version', set(14, 0x65), ['ethernet'], 14],
    ['an IHL below 5', set(14, 0x44), ['ethernet', 'ipv4'], 34],
    ['an IHL beyond the frame', (bytes) => set(14, 0x4f)(bytes.subarray(0, 60)), ['ethernet', 'ipv4'], 34],
    ['a total length below the header', set(17, 19), ['ethernet', 'ipv4'], 34],
    ['a later fragment', set(21, 1), ['ethernet', 'ipv4'], 34],
    ['an unknown protocol', set(23, 200), ['ethernet', 'ipv4'], 34],
    ['less than a TCP header', set(17, 39), ['ethernet', 'ipv4'], 34],
    ['a data offset below 5', set(46, 0x40), ['ethernet', 'ipv4', 'tcp'], 54],
    ['a data offset beyond the packet', set(46, 0xf0), ['ethernet', 'ipv4', 'tcp'], 54],
  ];

  it.each(kept)('keeps what follows %s as raw bytes', (_, change, layers, payloadAt) => {
    const bytes = change(synBytes.slice());
    const frame = decodeFrame(bytes);
    const present = (['ethernet', 'arp', 'ipv4', 'tcp', 'udp', 'icmp'] as const).filter(
      (layer) => frame[layer],
    );
    expect(present).toEqual(layers);
    expect(frame.payload?.offset ?? -1).toBe(payloadAt);
    expect(emitFrame(frame)).toEqual(bytes);
  });

  it('keeps impossible lengths as they were', () => {
    expect(decodeFrame(set(14, 0x4f)(synBytes.slice())).ipv4?.ihl).toBe(15);
    expect(decodeFrame(set(46, 0xf0)(synBytes.slice())).tcp?.dataOffset).toBe(15);
    expect(decodeFrame(set(17, 0xff)(synBytes.slice())).tcp?.options).toHaveLength(5);
  });

  it('keeps ARP with other address lengths as raw bytes', () => {
    const frame = decodeFrame(set(18, 8)(arpRequestBytes.slice()));
    expect(frame.arp).toBeUndefined();
    expect(frame.payload?.offset).toBe(14);
  });

  it('is undone by emitFrame, for any bytes', () => {
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array({ maxLength: 200 }), frameLikeBytes), (bytes) => {
        const frame = decodeFrame(bytes);
        expect(frameLength(frame)).toBe(bytes.length);
        expect(plain(emitFrame(frame))).toEqual(bytes);
      }),
      { numRuns: 3000 },
    );
  });

  it('is undone for every cut and every changed byte of a good frame', () => {
    for (const whole of [synBytes, udpBytes, icmpBytes, arpReplyBytes]) {
      for (let at = 0; at < whole.length; at++) {
        expect(emitFrame(decodeFrame(whole.subarray(0, at)))).toEqual(whole.slice(0, at));
        for (const value of [0, 1, 0x7f, 0x80, 0xff]) {
          const bytes = set(at, value)(whole.slice());
          expect(emitFrame(decodeFrame(bytes))).toEqual(bytes);
        }
      }
    }
  });
});

describe('quotedPacket', () => {
  it('reads the packet that an ICMP error quotes, cut as it is', () => {
    const payload = synBytes.slice(14, 14 + 28);
    const answer = decodeFrame(
      emitFrame(icmpFrame({ ethernet, ipv4: ends, icmp: { type: 3, code: 3 }, payload })),
    );
    const quoted = quotedPacket(answer);
    expect(quoted?.ipv4?.identification).toBe(0x1c46);
    expect(quoted?.tcp).toBeUndefined();
    expect(quoted?.payload).toEqual({ bytes: hex('9c400050 12345678'), offset: 20 });
  });

  it('reads nothing in an echo', () => {
    expect(quotedPacket(decodeFrame(icmpBytes))).toBeUndefined();
  });
});

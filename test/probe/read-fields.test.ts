import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TextTable } from '../../src/dataset/texts.js';
import { decodeFrame, emitFrame, parseTcpOptions, writeUint32 } from '../../src/packet/index.js';
import { addressing } from '../../src/probe/addressing.js';
import { ABSENT, fieldIndex, fields } from '../../src/probe/fields.js';
import { optionOrder, readFields } from '../../src/probe/read-fields.js';
import { readdress } from '../../src/probe/send-copy.js';
import { frameLikeBytes } from '../packet/arbitrary.js';
import { hex } from '../packet/hex.js';

/** Responses to the sixth copy, 10.0.0.6, whose bytes were computed by another program. */
const link = '025342000001 525400534202 0800';
const synAck = hex(`${link} 4502003c0000400040068493ac1f00020a000006
  00169c40123456789abcdef0a152fe8831070000 020405b40402080a0001e240000000070103 0307`);
const rst = hex(`${link} 450000281c46400040066863ac1f00020a000006
  00519c40000000009abcdef150140000e3690000 000000000000`);
const unreachable = hex(`${link} 45c000382a2a0000400199b4ac1f00020a000006
  0303606a00000000 45000028000700003c06c8a20a000006ac1f0002 9c40005100000001`);
const odd = hex(`${link} 460000470001a0000106ce84ac1f00020a00000694040000
  00169c400000000500000006b0b90064c4da0009 050a00000064000000c801012206deadbeefac0200000000 616263`);

/** The fields that a response has, by name, texts written out. */
function fieldsOf(frame: Uint8Array): Record<string, number | string> {
  const texts = new TextTable();
  const out = new Float64Array(fields.length + 2).fill(777);
  readFields(frame, out, 1, texts);
  expect([out[0], out.at(-1)]).toEqual([777, 777]);
  const present: Record<string, number | string> = {};
  for (const [index, { name, kind }] of fields.entries()) {
    const value = out[index + 1]!;
    if (value !== ABSENT) present[name] = kind === 'text' ? texts.texts[value]! : value;
  }
  return present;
}

const flags = (...set: string[]) =>
  Object.fromEntries(
    ['fin', 'syn', 'rst', 'psh', 'ack', 'urg', 'ece', 'cwr'].map((flag) => [
      `tcp.flags.${flag}`,
      set.includes(flag) ? 1 : 0,
    ]),
  );

describe('readFields', () => {
  it('reads every field of a SYN-ACK', () => {
    expect(fieldsOf(synAck)).toEqual({
      'ip.version': 4,
      'ip.ihl': 5,
      'ip.tos': 2,
      'ip.len': 60,
      'ip.id': 0,
      'ip.flags': 2,
      'ip.flags.rb': 0,
      'ip.flags.df': 1,
      'ip.flags.mf': 0,
      'ip.offset': 0,
      'ip.ttl': 64,
      'ip.proto': 6,
      'ip.chksum': 33944,
      'tcp.seq': 0x12345678,
      'tcp.ack': 0x9abcdef0,
      'tcp.offset': 10,
      'tcp.reserved': 1,
      'tcp.flags': 0x52,
      ...flags('syn', 'ack', 'ece'),
      'tcp.window': 65160,
      'tcp.chksum': 12556,
      'tcp.urgent': 0,
      'tcp.payload': 0,
      'tcp.options.order': 'M,S,T,N,W',
      'tcp.options.mss': 1460,
      'tcp.options.wscale': 7,
      'tcp.options.tsval': 123456,
      'tcp.options.tsecr': 7,
      'tcp.options.sackok': 1,
    });
  });

  it('reads every field of a RST, whose Ethernet padding is no payload', () => {
    expect(fieldsOf(rst)).toEqual({
      'ip.version': 4,
      'ip.ihl': 5,
      'ip.tos': 0,
      'ip.len': 40,
      'ip.id': 0x1c46,
      'ip.flags': 2,
      'ip.flags.rb': 0,
      'ip.flags.df': 1,
      'ip.flags.mf': 0,
      'ip.offset': 0,
      'ip.ttl': 64,
      'ip.proto': 6,
      'ip.chksum': 26728,
      'tcp.seq': 0,
      'tcp.ack': 0x9abcdef1,
      'tcp.offset': 5,
      'tcp.reserved': 0,
      'tcp.flags': 0x14,
      ...flags('rst', 'ack'),
      'tcp.window': 0,
      'tcp.chksum': 58222,
      'tcp.urgent': 0,
      'tcp.payload': 0,
      'tcp.options.order': '',
      'tcp.options.sackok': 0,
    });
  });

  it('reads every field of an ICMP port unreachable', () => {
    expect(fieldsOf(unreachable)).toEqual({
      'ip.version': 4,
      'ip.ihl': 5,
      'ip.tos': 0xc0,
      'ip.len': 56,
      'ip.id': 0x2a2a,
      'ip.flags': 0,
      'ip.flags.rb': 0,
      'ip.flags.df': 0,
      'ip.flags.mf': 0,
      'ip.offset': 0,
      'ip.ttl': 64,
      'ip.proto': 1,
      'ip.chksum': 39353,
      'icmp.type': 3,
      'icmp.code': 3,
      'icmp.rest': 0,
      'icmp.quoted': 28,
    });
  });

  it('reads what stacks rarely say: IP options, odd flags, SACK, unknown options, payload', () => {
    expect(fieldsOf(odd)).toMatchObject({
      'ip.ihl': 6,
      'ip.flags': 5,
      'ip.flags.rb': 1,
      'ip.flags.df': 0,
      'ip.flags.mf': 1,
      'ip.ttl': 1,
      'ip.chksum': 52873,
      'tcp.offset': 11,
      ...flags('fin', 'psh', 'ack', 'urg', 'cwr'),
      'tcp.urgent': 9,
      'tcp.chksum': 50399,
      'tcp.payload': 3,
      'tcp.options.order': 'K,N,N,?34,?172,E,?',
      'tcp.options.sack.left': 100,
      'tcp.options.sack.right': 200,
      'tcp.options.sack.more': 0,
      'tcp.options.sackok': 0,
      'tcp.options.other': '34:6 172:2 raw:3',
    });
  });

  it('shares texts between responses', () => {
    const texts = new TextTable();
    const out = new Float64Array(2 * fields.length);
    readFields(synAck, out, 0, texts);
    readFields(synAck, out, fields.length, texts);
    expect(out.subarray(0, fields.length)).toEqual(out.subarray(fields.length));
    expect(texts.texts).toEqual(['M,S,T,N,W']);
  });

  it('gives copies that differ in their address alone equal fields, checksums too', () => {
    fc.assert(
      fc.property(fc.constantFrom(synAck, rst, unreachable, odd), fc.nat(15_999_999), (response, copy) => {
        const { ethernet, ipv4, tcp, icmp, payload, trailer } = decodeFrame(response);
        const sibling = emitFrame({
          ethernet,
          ipv4: { ...ipv4!, destination: addressing.copies + copy, checksum: undefined },
          tcp: tcp && { ...tcp, checksum: undefined },
          icmp,
          payload,
          trailer,
        });
        expect(fieldsOf(sibling)).toEqual(fieldsOf(response));
      }),
    );
  });

  it('keeps apart responses whose checksums are wrong by different amounts', () => {
    const wrong = (at: number) => {
      const frame = rst.slice();
      frame[at]! ^= 1;
      return fieldsOf(frame);
    };
    expect(wrong(25)['ip.chksum']).not.toBe(fieldsOf(rst)['ip.chksum']);
    expect(wrong(51)['tcp.chksum']).not.toBe(fieldsOf(rst)['tcp.chksum']);
  });

  it('reads any bytes, whole or cut anywhere, without throwing', () => {
    const cut = fc
      .tuple(fc.constantFrom(synAck, rst, unreachable, odd), fc.nat(80))
      .map(([frame, length]) => frame.subarray(0, length));
    fc.assert(
      fc.property(fc.oneof(frameLikeBytes, cut), (frame) => {
        for (const value of Object.values(fieldsOf(frame)))
          if (typeof value === 'number') expect(value >= 0 && value < 2 ** 32).toBe(true);
      }),
    );
  });

  it('finds nothing in what is not IPv4', () => {
    expect(fieldsOf(synAck.subarray(0, 20))).toEqual({});
    expect(fieldsOf(new Uint8Array(60))).toEqual({});
  });
});

describe('optionOrder', () => {
  it('names each option that the fingerprinting world has a letter for', () => {
    expect(optionOrder(parseTcpOptions(hex('020405b4 01 030307 0402 080a0000000000000000 00')))).toBe(
      'M,N,W,S,T,E',
    );
    expect(optionOrder([])).toBe('');
  });
});

describe('the field table', () => {
  it('has each field once, and finds it', () => {
    expect(new Set(fields.map(({ name }) => name)).size).toBe(fields.length);
    for (const [index, { name }] of fields.entries()) expect(fieldIndex(name)).toBe(index);
    expect(() => fieldIndex('ip.nothing')).toThrow(RangeError);
  });

  it('leaves out who was asked: addresses and ports', () => {
    const frame = synAck.slice();
    const before = fieldsOf(frame);
    readdress(frame, 9);
    writeUint32(frame, 34, 0x1234_5678);
    const changed = Object.entries(fieldsOf(frame)).filter(([name, value]) => before[name] !== value);
    // The ports are part of the TCP checksum, which was not mended here.
    expect(changed.map(([name]) => name).filter((name) => !name.endsWith('chksum'))).toEqual([]);
  });
});

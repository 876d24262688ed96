import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  emitTcpOptions,
  formatTcpOptions,
  parseTcpOptions,
  type TcpOption,
  tcpOptionKindOf,
  tcpOptionsLength,
} from '../../src/packet/index.js';
import { tcpOption } from './arbitrary.js';
import { hex } from './hex.js';

function emit(options: readonly TcpOption[]): Uint8Array {
  const buffer = new Uint8Array(tcpOptionsLength(options));
  expect(emitTcpOptions(options, buffer, 0)).toBe(buffer.length);
  return buffer;
}

const golden: [bytes: string, option: TcpOption, short: string][] = [
  ['01', { type: 'nop' }, 'N'],
  ['00', { type: 'eol' }, 'E'],
  ['02 04 05b4', { type: 'mss', value: 1460 }, 'M1460'],
  ['03 03 07', { type: 'windowScale', shift: 7 }, 'W7'],
  ['04 02', { type: 'sackPermitted' }, 'S'],
  ['05 0a 00000001 ffffffff', { type: 'sack', edges: [1, 0xffffffff] }, '?5'],
  ['08 0a 80000000 00000002', { type: 'timestamps', value: 0x80000000, echo: 2 }, 'T'],
  ['08 0a 00000000 00000002', { type: 'timestamps', value: 0, echo: 2 }, 'T0'],
  ['22 02', { type: 'fastOpen', cookie: hex('') }, '?34'],
  ['22 0a 0102030405060708', { type: 'fastOpen', cookie: hex('0102030405060708') }, '?34'],
  [
    '13 12 000102030405060708090a0b0c0d0e0f',
    { type: 'md5', digest: hex('000102030405060708090a0b0c0d0e0f') },
    '?19',
  ],
  ['1c 04 8005', { type: 'userTimeout', minutes: true, timeout: 5 }, '?28'],
  ['1c 04 7fff', { type: 'userTimeout', minutes: false, timeout: 0x7fff }, '?28'],
  ['ac 02', { type: 'accEcn', order: 0, counters: [] }, '?172'],
  ['ac 0b 000001 000002 ffffff', { type: 'accEcn', order: 0, counters: [1, 2, 0xffffff] }, '?172'],
  ['ae 05 800000', { type: 'accEcn', order: 1, counters: [0x800000] }, '?174'],
  ['1e 04 0081', { type: 'mptcp', data: hex('0081') }, '?30'],
  ['fe 04 f989', { type: 'other', kind: 254, data: hex('f989') }, '?254'],
];

describe('TCP options', () => {
  it.each(golden)('parse %s, emit it and write it short', (bytes, option, short) => {
    expect(parseTcpOptions(hex(bytes))).toEqual([option]);
    expect(emit([option])).toEqual(hex(bytes));
    expect(tcpOptionKindOf(option)).toBe(hex(bytes)[0]);
    expect(formatTcpOptions([option])).toBe(short);
  });

  it('read as the fingerprinting world writes them', () => {
    const options = parseTcpOptions(hex('020405b4 0402 080a0001e24000000000 01 030307'));
    expect(formatTcpOptions(options)).toBe('M1460,S,T,N,W7');
    expect(formatTcpOptions([])).toBe('');
  });

  it.each([
    ['an MSS of 3 bytes', '02 03 05', 2, '05'],
    ['an MSS of 2 bytes', '02 02', 2, ''],
    ['a window scale of 4 bytes', '03 04 0101', 3, '0101'],
    ['a SACK-permitted of 3 bytes', '04 03 00', 4, '00'],
    ['a SACK without blocks', '05 02', 5, ''],
    ['a SACK of half a block', '05 06 00000001', 5, '00000001'],
    ['timestamps of 6 bytes', '08 06 00000001', 8, '00000001'],
    ['an AccECN of 4 bytes', 'ac 04 0001', 172, '0001'],
    ['an MD5 of 4 bytes', '13 04 0001', 19, '0001'],
    ['a user timeout of 3 bytes', '1c 03 01', 28, '01'],
  ])('keep %s with its kind, and go on after it', (_, bytes, kind, data) => {
    const area = hex(`${bytes} 0402`);
    const options = parseTcpOptions(area);
    expect(options).toEqual([{ type: 'other', kind, data: hex(data) }, { type: 'sackPermitted' }]);
    expect(emit(options)).toEqual(area);
  });

  it.each([
    ['a length of 0', '01 08 00 01 01', '08000101'],
    ['a length of 1', '01 08 01 01', '080101'],
    ['a length past the area', '01 08 0a 0000', '080a0000'],
    ['a missing length', '01 02', '02'],
  ])('keep the rest raw from an option with %s', (_, bytes, rest) => {
    const options = parseTcpOptions(hex(bytes));
    expect(options).toEqual([{ type: 'nop' }, { type: 'raw', bytes: hex(rest), offset: 1 }]);
    expect(formatTcpOptions(options)).toBe(`N,!${rest.length / 2}`);
    expect(emit(options)).toEqual(hex(bytes));
  });

  it('keep what follows the end of list raw, zero or not', () => {
    const options = parseTcpOptions(hex('ffff 00 020405'), 2);
    expect(options).toEqual([{ type: 'eol' }, { type: 'raw', bytes: hex('020405'), offset: 3 }]);
  });

  it('are undone by emit for any bytes', () => {
    const kinds = fc.constantFrom(0, 1, 2, 3, 4, 5, 8, 19, 28, 30, 34, 172, 174, 254);
    const area = fc.array(fc.oneof(kinds, fc.nat(12), fc.nat(255)), { maxLength: 40 });
    fc.assert(
      fc.property(area, (numbers) => {
        const bytes = Uint8Array.from(numbers);
        expect(emit(parseTcpOptions(bytes))).toEqual(bytes);
      }),
      { numRuns: 2000 },
    );
  });

  it('survive emit and parse in any order', () => {
    fc.assert(
      fc.property(fc.array(tcpOption, { maxLength: 8 }), (options) => {
        expect(parseTcpOptions(emit(options))).toEqual(options);
      }),
    );
  });
});

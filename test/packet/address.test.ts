import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InputError } from '../../src/errors.js';
import {
  formatIpv4Address,
  formatMac,
  isGroupMac,
  macKey,
  parseIpv4Address,
  parseMac,
} from '../../src/packet/index.js';

describe('IPv4 addresses', () => {
  it('are unsigned 32-bit numbers', () => {
    expect(parseIpv4Address('10.0.0.1')).toBe(0x0a000001);
    expect(parseIpv4Address('255.255.255.255')).toBe(0xffffffff);
    expect(formatIpv4Address(0xc0a80001)).toBe('192.168.0.1');
  });

  it('survive format and parse', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 0xffffffff }), (address) => {
        expect(parseIpv4Address(formatIpv4Address(address))).toBe(address);
      }),
    );
  });

  it.each([
    '',
    '1.2.3',
    '1.2.3.4.5',
    '1.2.3.256',
    '01.2.3.4',
    '1.2.3.-4',
    '1.2.3.4 ',
    '1..2.3',
    'a.b.c.d',
    '0x1.2.3.4',
  ])('are refused in %j with what was found and how to write it', (text) => {
    expect(() => parseIpv4Address(text)).toThrow(InputError);
    expect(() => parseIpv4Address(text)).toThrow(`expected an IPv4 address, found ${JSON.stringify(text)}`);
  });
});

describe('Ethernet addresses', () => {
  it('are six bytes, written with colons or hyphens in either case', () => {
    const mac = Uint8Array.of(0x02, 0, 0, 0xab, 0xcd, 0xef);
    expect(parseMac('02:00:00:ab:cd:ef')).toEqual(mac);
    expect(parseMac('02-00-00-AB-CD-EF')).toEqual(mac);
    expect(formatMac(mac)).toBe('02:00:00:ab:cd:ef');
  });

  it('have a key below 2^48 and a group bit', () => {
    expect(macKey(parseMac('ff:ff:ff:ff:ff:ff'), 0)).toBe(2 ** 48 - 1);
    expect(macKey(parseMac('80:00:00:00:00:01'), 0)).toBe(2 ** 47 + 1);
    expect(isGroupMac(parseMac('01:00:5e:00:00:01'), 0)).toBe(true);
    expect(isGroupMac(parseMac('02:00:00:00:00:01'), 0)).toBe(false);
  });

  it.each([
    '',
    '02:00:00:00:00',
    '02:00:00:00:00:01:02',
    '02:00-00:00:00:01',
    '0g:00:00:00:00:01',
    '020000000001',
  ])('are refused in %j', (text) => {
    expect(() => parseMac(text)).toThrow(InputError);
  });

  it('are cut short in the error when very long', () => {
    expect(() => parseMac('x'.repeat(10_000))).toThrow(/^.{0,100}$/);
  });
});

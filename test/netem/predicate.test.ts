import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Direction } from '../../src/netem/flow.js';
import { predicateFields } from '../../src/netem/predicate/fields.js';
import { parsePredicate, withCaret } from '../../src/netem/predicate/parse.js';
import { PredicateError } from '../../src/netem/predicate/tokens.js';
import { decodeFrame, emitFrame, icmpFrame, parseIpv4Address, tcpFrame } from '../../src/packet/index.js';
import { frameLikeBytes } from '../packet/arbitrary.js';
import { machineMac, probeMac } from './packets.js';

const ethernet = { source: probeMac, destination: machineMac };
const ipv4 = { source: parseIpv4Address('10.0.0.8'), destination: parseIpv4Address('172.31.0.2'), ttl: 57 };
const syn = emitFrame(
  tcpFrame({
    ethernet,
    ipv4,
    tcp: {
      sourcePort: 40_000,
      destinationPort: 80,
      window: 512,
      flags: 0x02,
      options: [{ type: 'mss', value: 1400 }],
    },
  }),
);
const ping = emitFrame(icmpFrame({ ethernet, ipv4 }));

function holds(text: string, frame = syn, direction: Direction = 'forward'): boolean {
  const identity = { proberAddress: 8, proberPort: 1, machinePort: 2, protocol: 6, ordinal: 2, copy: 1 };
  const packet = { ...identity, probe: 7, position: 7, frame };
  return parsePredicate(text).test({ packet, direction, frame: decodeFrame(frame) });
}

describe('a predicate', () => {
  it.each([
    'tcp.flags == SYN',
    'tcp.flags == SYN and direction == forward',
    'ip.ttl < 64 and ip.ttl > 56 and ip.ttl <= 57 and ip.ttl >= 57 and ip.ttl != 58',
    'tcp.dstport in {22, 79..81}',
    'tcp.flags has SYN and not tcp.flags has SYN|ACK',
    'tcp.options.mss == 1400 and tcp.options.mss == 0x578',
    'tcp && !udp',
    'tcp.flags.syn == 1 and tcp.flags.ack == 0',
    'ip.src == 10.0.0.8 and ip.proto == tcp',
    'probe == 7 and ordinal == 2 and copy == 1',
    'udp or icmp or tcp',
    'udp and icmp or tcp',
    '(tcp)',
    'not (udp or not tcp)',
    'not not tcp',
  ])('%s fits the SYN', (text) => {
    expect(holds(text)).toBe(true);
    expect(holds(`not (${text})`)).toBe(false);
  });

  it.each([
    'tcp.flags == ACK',
    'direction == reverse',
    'tcp.dstport in {22, 81..90}',
    'udp and (icmp or tcp)',
    'tcp.options.wscale',
    'probe == 8',
  ])('%s does not', (text) => {
    expect(holds(text)).toBe(false);
  });

  it('is false of a field that the packet does not have, whatever the comparison', () => {
    expect(holds('icmp.type == 8', ping)).toBe(true);
    for (const sign of ['==', '!=', '<', '>', '<=', '>='])
      expect(holds(`tcp.dstport ${sign} 80`, ping)).toBe(false);
    expect(holds('tcp.dstport in {0..65535}', ping)).toBe(false);
    expect(holds('tcp.flags has FIN', ping)).toBe(false);
  });

  it('knows which direction it is about', () => {
    const direction = (text: string) => parsePredicate(text).direction;
    expect(direction('tcp and direction == forward')).toBe('forward');
    expect(direction('(direction == reverse and tcp) and udp')).toBe('reverse');
    expect(direction('direction == forward and tcp or direction == forward and udp')).toBe('forward');
    expect(direction('direction == forward or tcp')).toBeUndefined();
    expect(direction('not direction == forward')).toBeUndefined();
    expect(direction('direction != forward')).toBeUndefined();
  });

  it('can ask every field about any packet', () => {
    fc.assert(
      fc.property(frameLikeBytes, fc.constantFrom(...Object.keys(predicateFields)), (frame, field) => {
        expect(typeof holds(field, frame)).toBe('boolean');
      }),
    );
  });
});

describe('a predicate that does not parse', () => {
  const fault = (text: string) => {
    try {
      parsePredicate(text);
    } catch (error) {
      if (!(error instanceof PredicateError)) throw error;
      return [error.message, error.at] as const;
    }
    throw new Error(`"${text}" parsed`);
  };

  it.each([
    ['tcp.flag == SYN', 'there is no field `tcp.flag`; did you mean `tcp.flags`?', 0],
    ['tcp.flags == SIN', '`SIN` is no value of `tcp.flags`: FIN, SYN', 13],
    ['tcp.flags ==', 'expected a number or one of FIN, SYN', 12],
    ['tcp.flags == SYN tcp', 'expected `and`, `or` or the end, found `tcp`', 17],
    ['(tcp', 'expected a closing parenthesis, found the end', 4],
    ['', 'expected a field, found the end', 0],
    ['tcp and', 'expected a field, found the end', 7],
    ['tcp.dstport in 22', 'expected a list, as in {22, 8000..8080}, found `22`', 15],
    ['tcp.dstport in {22', 'expected `,` or `}`, found the end', 18],
    ['tcp.dstport in {30..22}', '30..22 is empty', 16],
    ['tcp.dstport has 1', '`tcp.dstport` is not a set of flags', 0],
    ['ip.src == 10.0.0.256', '10.0.0.256 is not an IPv4 address', 10],
    ['tcp = 1', '"=" does not belong here', 4],
    ['constructor == 1', 'there is no field `constructor`', 0],
  ])('%s', (text, message, at) => {
    const [found, place] = fault(text);
    expect(found).toContain(message);
    expect(place).toBe(at);
  });

  it('is told with a caret below the place', () => {
    expect(withCaret('tcp = 1', 4)).toBe('  tcp = 1\n      ^');
  });

  it('never fails otherwise, whatever the text', () => {
    const piece = fc.constantFrom(
      'tcp',
      'ip.ttl',
      '==',
      'in',
      '{',
      '}',
      '(',
      ')',
      '7',
      'and',
      'not',
      '|',
      '..',
      ',',
    );
    const text = fc.oneof(
      fc.string(),
      fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join(' ')),
    );
    fc.assert(
      fc.property(text, (given) => {
        try {
          parsePredicate(given);
        } catch (error) {
          expect(error).toBeInstanceOf(PredicateError);
          expect((error as PredicateError).at).toBeLessThanOrEqual(given.length);
        }
      }),
    );
  });
});

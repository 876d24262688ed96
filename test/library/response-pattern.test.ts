import { expect, it } from 'vitest';
import { describeExchange, differences, Response, type ResponsePattern } from '../../src/library/index.js';
import { tcpFrame } from '../../src/packet/build.js';
import { emitFrame } from '../../src/packet/frame.js';
import { parseTcpFlags } from '../../src/packet/tcp-flags.js';
import { addressing } from '../../src/probe/addressing.js';
import { clientOptions } from '../../src/probe/survey.js';

const synAck = new Response(
  emitFrame(
    tcpFrame({
      ethernet: { source: addressing.machineMac, destination: addressing.proberMac },
      ipv4: { source: addressing.machine, destination: addressing.copies, ttl: 63 },
      tcp: {
        ...{ sourcePort: 22, destinationPort: 40_000, sequence: 7, acknowledgment: 2, window: 65_160 },
        ...{ flags: parseTcpFlags('SA'), options: [...clientOptions] },
      },
    }),
  ),
  1.25,
);

const differing = (pattern: ResponsePattern) =>
  differences(synAck, pattern, (a, b) => Object.is(a, b)).map(({ field }) => field);

it('a response has the fields of its packet', () => {
  expect(String(synAck)).toBe('TCP SA ttl 63 DF win 65160 <M1460,S,T,N,W7>');
  expect(synAck).toMatchObject({
    protocol: 'tcp',
    seq: 7,
    ack: 2,
    mss: 1460,
    scale: 7,
    df: true,
    payload: 0,
  });
  expect(synAck.icmpType).toBeUndefined();
});

it('a pattern fits with values, expressions, flags in any order and options with or without their values', () => {
  expect(
    differing({ window: 65_160, flags: 'AS', options: 'M,S,T,N,W', ttl: 63, protocol: /^tcp$/, df: true }),
  ).toEqual([]);
  expect(differing({ options: 'M1460,S,T,N,W7' })).toEqual([]);
});

it('names what differs, and only that', () => {
  expect(differing({ window: 1, flags: 'RA', ttl: 63 })).toEqual(['window', 'flags']);
  expect(differing({ options: 'M,S,T,N' })).toEqual(['options']);
  expect(differing({ options: 'M1461,S,T,N,W' })).toEqual(['options']);
  expect(differing({ options: 'M,S,N,T,W' })).toEqual(['options']);
  expect(differing({ options: '' })).toEqual(['options']);
  expect(differing({ icmpType: 3 })).toEqual(['icmpType']);
});

it('tells what a probe brought back', () => {
  const exchange = { machine: 'server', probe: 'TCP S to open', responses: [synAck], response: synAck };
  expect(describeExchange(exchange)).toBe(
    'server was sent TCP S to open\n  1.3 ms  TCP SA ttl 63 DF win 65160 <M1460,S,T,N,W7>',
  );
  expect(describeExchange({ ...exchange, responses: [], response: undefined })).toContain('silence');
});

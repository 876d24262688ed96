import { it } from 'vitest';
import { icmpFrame } from '../../src/packet/build.js';
import { emitFrame } from '../../src/packet/frame.js';
import { addressing } from '../../src/probe/addressing.js';
import { type Exchange, expect, Response } from '../../src/vitest/index.js';

const echo = new Response(
  emitFrame(
    icmpFrame({
      ethernet: { source: addressing.machineMac, destination: addressing.proberMac },
      ipv4: { source: addressing.machine, destination: addressing.copies },
      icmp: { type: 0 },
      payload: new Uint8Array(32),
    }),
  ),
  0.5,
);
const asked = { machine: 'server', probe: 'ICMP echo request' };
const answered: Exchange = { ...asked, responses: [echo], response: echo };
const silent: Exchange = { ...asked, responses: [], response: undefined };

it('matchers hold and fail as they say', () => {
  expect(answered).toAnswer();
  expect(silent).not.toAnswer();
  expect(silent).toBeSilent();
  expect(answered).not.toBeSilent();
  expect(answered).toMatchResponse({ icmpType: 0, payload: 32, ttl: expect.any(Number) });
  expect(answered).not.toMatchResponse({ icmpType: 3 });
  expect(silent).not.toMatchResponse({});
});

it('a failure shows the fields that differ, under each other, and all that came back', () => {
  expect(() => expect(answered).toMatchResponse({ icmpType: 3, ttl: 128, window: 1, payload: 32 })).toThrow(
    [
      'the response differs (- expected, + found)',
      '  icmpType  - 3    + 0',
      '  ttl       - 128  + 64',
      '  window    - 1    + none',
      'server was sent ICMP echo request',
      '  0.5 ms  ICMP 0/0 ttl 64 DF',
    ].join('\n'),
  );
  expect(() => expect(silent).toAnswer()).toThrow(
    'expected an answer\nserver was sent ICMP echo request\n  silence',
  );
});

it('says what was forgotten when it is given something else', () => {
  expect(() => expect(Promise.resolve(answered)).toAnswer()).toThrow(/await machine\.probe/);
  expect(() => expect(42).toBeSilent()).toThrow(/machine\.probe\(…\) resolves with/);
});

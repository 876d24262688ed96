import fc from 'fast-check';
import { expect, test } from 'vitest';
import { tcpFrame } from '../../src/packet/build.js';
import { emitFrame } from '../../src/packet/frame.js';
import { tcpFlag } from '../../src/packet/tcp-flags.js';
import { addressing } from '../../src/probe/addressing.js';
import { resetOf } from '../../src/probe/reset.js';

const ends = { source: addressing.proberMac, destination: addressing.machineMac };
const uint16 = fc.integer({ min: 0, max: 0xffff });
const uint32 = fc.integer({ min: 0, max: 0xffff_ffff });

test('turns a SYN-ACK down as the sender of its SYN would, one after the other', () => {
  const synAcks = fc.record({ to: uint32, from: uint16, at: uint16, sequence: uint32, number: uint32 });
  fc.assert(
    fc.property(fc.array(synAcks, { minLength: 1, maxLength: 20 }), (received) => {
      for (const { to, from, at, sequence, number } of received) {
        const synAck = emitFrame(
          tcpFrame({
            ethernet: { source: ends.destination, destination: ends.source },
            ipv4: { source: addressing.machine, destination: to, options: new Uint8Array([1, 1, 1, 0]) },
            tcp: {
              ...{ sourcePort: from, destinationPort: at, sequence, acknowledgment: number },
              ...{ flags: tcpFlag.syn | tcpFlag.ack, options: [{ type: 'mss', value: 1460 }] },
            },
          }),
        );
        const expected = tcpFrame({
          ethernet: ends,
          ipv4: { source: to, destination: addressing.machine },
          tcp: { sourcePort: at, destinationPort: from, sequence: number, flags: tcpFlag.rst, window: 0 },
        });
        expect(resetOf(synAck)).toEqual(emitFrame(expected));
      }
    }),
  );
});

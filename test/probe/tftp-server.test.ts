import { describe, expect, it } from 'vitest';
import * as packet from '../../src/packet/index.js';
import { addressing } from '../../src/probe/addressing.js';
import { TftpServer } from '../../src/probe/tftp-server.js';
import { fakeWire } from './fake-machine.js';

const file = Uint8Array.from({ length: 1300 }, (_, index) => index % 251);

/** A machine that sends TFTP messages to its gateway, and what comes back to each. */
function client() {
  const { machine, control, prober } = fakeWire();
  const [back, toProber]: Uint8Array[][] = [[], []];
  machine.port.onFrame = (frame) => back!.push(frame.slice());
  prober.onFrame = (frame) => toProber!.push(frame.slice());
  control.serve(new TftpServer(new Map([['folder/file', file]])));
  return (payload: Uint8Array, sourcePort = 2000) => {
    back!.length = 0;
    machine.port.send(
      packet.emitFrame(
        packet.udpFrame({
          ethernet: { source: addressing.machineMac, destination: addressing.proberMac },
          ipv4: { source: addressing.machine, destination: addressing.gateway },
          udp: { sourcePort, destinationPort: 69 },
          payload,
        }),
      ),
    );
    expect(toProber).toEqual([]);
    if (!back![0]) return undefined;
    const frame = packet.decodeFrame(back![0]);
    expect(frame.ipv4).toMatchObject({ source: addressing.gateway, destination: addressing.machine });
    expect(frame.udp).toMatchObject({ sourcePort: 69, destinationPort: sourcePort });
    return Buffer.from(frame.payload!.bytes);
  };
}

const read = (...words: string[]) => Buffer.from(`\0\x01${words.join('\0')}\0`, 'latin1');
const acknowledge = (block: number) => Buffer.from([0, 4, block >> 8, block & 0xff]);

/** Fetches as RFC 1350 has it, from the first reply on. */
function rest(ask: ReturnType<typeof client>, first: Buffer | undefined, blockSize: number): Buffer {
  const blocks: Buffer[] = [];
  for (let reply = first; reply; reply = ask(acknowledge(blocks.length))) {
    expect(reply.readUInt16BE(0)).toBe(3);
    expect(reply.readUInt16BE(2)).toBe(blocks.length + 1);
    blocks.push(reply.subarray(4));
    if (blocks.at(-1)!.length < blockSize) break;
  }
  return Buffer.concat(blocks);
}

describe('a file on the wire', () => {
  it('comes in blocks of 512 bytes', () => {
    const ask = client();
    expect(rest(ask, ask(read('folder/file', 'octet')), 512)).toEqual(Buffer.from(file));
    expect(ask(acknowledge(4))).toBeUndefined();
  });

  it('comes in larger ones where that is asked for, and its size is told', () => {
    const ask = client();
    const accepted = ask(read('/folder/file', 'octet', 'tsize', '0', 'BLKSIZE', '650', 'windowsize', '4'));
    expect(accepted!.readUInt16BE(0)).toBe(6);
    expect(accepted!.toString('latin1', 2).split('\0')).toEqual(['blksize', '650', 'tsize', '1300', '']);
    // A whole number of blocks is ended by an empty one.
    expect(rest(ask, ask(acknowledge(0)), 650)).toEqual(Buffer.from(file));
  });

  it('comes again, block by block, to a client that missed one, and to two at once', () => {
    const ask = client();
    const first = ask(read('folder/file', 'octet'));
    expect(ask(read('folder/file', 'octet'), 2001)).toEqual(first);
    const second = ask(acknowledge(1));
    expect(ask(acknowledge(1))).toEqual(second);
    expect(ask(acknowledge(1), 2001)).toEqual(second);
  });
});

it('a file that is not there, or that is to be written, is refused', () => {
  const ask = client();
  expect(ask(read('../file', 'octet'))!.readUInt32BE(0)).toBe(0x0005_0001);
  expect(ask(Buffer.from('\0\x02folder/file\0octet\0'))!.readUInt32BE(0)).toBe(0x0005_0000);
});

it('what is no TFTP message, and an acknowledgment of nothing, get no answer', () => {
  const ask = client();
  for (const bytes of [Buffer.alloc(0), Buffer.from([0, 1]), acknowledge(0)])
    expect(ask(bytes)).toBeUndefined();
});

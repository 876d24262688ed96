import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Duplex } from 'node:stream';
import { text } from 'node:stream/consumers';
import { expect, test } from 'vitest';
import { rate, together } from '../../bench/collect/outcome.js';
import { compileProber, scanned } from '../../bench/collect/peers.js';
import { ports, rst, synTo } from '../../bench/collect/probe.js';
import { tcpFrame } from '../../src/packet/build.js';
import { decodeFrame, emitFrame } from '../../src/packet/frame.js';
import { tcpFlag } from '../../src/packet/tcp-flags.js';
import { addressing } from '../../src/probe/addressing.js';
import { readdress } from '../../src/probe/send-copy.js';
import { temporaryFolder } from '../support/cli.js';

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');

/** A guest on the other end of the stream that answers SYNs but those of one address, and keeps what it got. */
function answer(stream: Duplex, deaf: number): Uint8Array[] {
  const got: Uint8Array[] = [];
  let data = Buffer.alloc(0);
  stream.on('data', (chunk: Buffer) => {
    data = Buffer.concat([data, chunk]);
    while (data.length >= 4 && data.length >= 4 + data.readUInt32BE(0)) {
      const frame = new Uint8Array(data.subarray(4, 4 + data.readUInt32BE(0)));
      data = data.subarray(4 + frame.length);
      got.push(frame);
      const { ipv4, tcp } = decodeFrame(frame);
      if (tcp?.flags !== tcpFlag.syn || ipv4!.source === deaf) continue;
      const reply = emitFrame(
        tcpFrame({
          ethernet: { source: addressing.machineMac, destination: addressing.proberMac },
          ipv4: { source: addressing.machine, destination: ipv4!.source },
          tcp: {
            ...{ sourcePort: tcp.destinationPort, destinationPort: tcp.sourcePort, sequence: 7 },
            ...{ acknowledgment: tcp.sequence + 1, flags: tcpFlag.syn | tcpFlag.ack },
          },
        }),
      );
      const length = Buffer.alloc(4);
      length.writeUInt32BE(reply.length);
      stream.write(Buffer.concat([length, reply]));
    }
  });
  return got;
}

test('the prober in C sends frames as ours are, from an address each, and resets what is answered', async () => {
  await using folder = await temporaryFolder();
  const program = await compileProber(folder.path);
  const syn = synTo(ports.open);
  const child = spawn(program, ['stream', '3', hex(syn), hex(rst), '300', '32'], {
    stdio: ['ignore', 'pipe', 'inherit', 'pipe'],
  });
  const deaf = addressing.copies + 70;
  const got = answer(child.stdio[3] as Duplex, deaf);
  const [stdout, [status]] = await Promise.all([text(child.stdout!), once(child, 'exit')]);
  expect(status).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({ sent: 300, answered: 299 });
  const copyOf = (template: Uint8Array, index: number) => {
    const frame = template.slice();
    readdress(frame, index);
    return hex(frame);
  };
  const from = (flags: number) => got.filter((frame) => decodeFrame(frame).tcp!.flags === flags).map(hex);
  const indexes = Array.from({ length: 300 }, (_, index) => index);
  expect(from(tcpFlag.syn)).toEqual(indexes.map((index) => copyOf(syn, index)));
  expect(from(tcpFlag.rst)).toEqual(
    indexes.filter((index) => index !== 70).map((index) => copyOf(rst, index)),
  );
});

test('nmap is taken at its word: ports that answered, of all that it sent to', () => {
  const xml = `<?xml version="1.0"?><nmaprun><host><ports>
<extraports state="closed" count="65000"/><extraports state="filtered" count="534"/>
<port protocol="tcp" portid="22"><state state="open" reason="syn-ack"/></port>
</ports></host><runstats><finished time="1" elapsed="2.50"/></runstats></nmaprun>`;
  expect(scanned(xml)).toEqual({ sent: 65_535, answered: 65_001, seconds: 2.5 });
  expect(scanned('')).toBeUndefined();
  expect(scanned('<nmaprun><runstats><finished elapsed="0.1"/></runstats></nmaprun>')).toBeUndefined();
});

test('probers side by side answer together, and take as long as the slower', () => {
  const both = together([
    { sent: 10, answered: 9, seconds: 1 },
    { sent: 10, answered: 7, seconds: 2 },
  ]);
  expect(both).toEqual({ sent: 20, answered: 16, seconds: 2 });
  expect(rate(both)).toBe(8);
});

import { describe, expect, test } from 'vitest';
import { tcpFrame } from '../../src/packet/build.js';
import { decodeFrame, emitFrame } from '../../src/packet/frame.js';
import { ipv4Flag } from '../../src/packet/ipv4.js';
import { formatTcpFlags, parseTcpFlags } from '../../src/packet/tcp-flags.js';
import { formatTcpOptions } from '../../src/packet/tcp-options-text.js';
import { addressing } from '../../src/probe/addressing.js';
import { collect } from '../../src/probe/collector.js';
import type { BootedMachine } from '../../testbed/boot.js';
import { withMachine } from '../support/bed.js';

const ends = { source: addressing.proberMac, destination: addressing.machineMac };

/** A probe as today's clients send it: MSS, SACK permitted, timestamps, window scale. */
function probe(destinationPort: number, flags: string): Uint8Array {
  return emitFrame(
    tcpFrame({
      ethernet: ends,
      ipv4: { source: addressing.copies, destination: addressing.machine, identification: 0x1234 },
      tcp: {
        sourcePort: 40_000,
        destinationPort,
        sequence: 0x01020304,
        acknowledgment: 0x0a0b0c0d,
        flags: parseTcpFlags(flags),
        options: [
          { type: 'mss', value: 1460 },
          { type: 'sackPermitted' },
          { type: 'timestamps', value: 0x11223344, echo: 0 },
          { type: 'nop' },
          { type: 'windowScale', shift: 7 },
        ],
      },
    }),
  );
}

async function answersOf(booted: BootedMachine, frames: Uint8Array[]) {
  const answers: (Uint8Array | undefined)[] = frames.map(() => undefined);
  const collection = await collect({
    prober: booted.prober,
    link: booted.link,
    control: booted.control,
    frames,
    copies: 1,
    closedPort: 81,
    reset: true,
    window: 256,
    timeoutMs: 10_000,
    onResponse: (index, _copy, frame) => {
      answers[index] = frame.slice();
      return true;
    },
  });
  return { answers, collection };
}

/** Window scale by series at 256 MB: the one field of the SYN-ACK that tells these kernels apart. */
const series = [
  { image: 'linux-5.10', scale: 5 },
  { image: 'linux-6.12+deb13', scale: 5 },
  { image: 'linux-7.2+deb13', scale: 7 },
];

describe.each(series)('$image, booted', ({ image, scale }) => {
  test('answers a SYN, a SYN to a closed port, a stray ACK, and not a RST', {
    timeout: 240_000,
  }, async () => {
    await withMachine(image, {}, async (booted) => {
      const { answers, collection } = await answersOf(booted, [
        probe(22, 'S'),
        probe(81, 'S'),
        probe(22, 'A'),
        probe(22, 'R'),
      ]);
      expect(collection).toMatchObject({ sent: 4, received: 3, repeated: 0, unmatched: 0 });
      const [synAck, closed, stray, silence] = answers;
      expect(silence).toBeUndefined();

      // Golden bytes; dots where the kernel draws at random (ISN, TSval) or a checksum covers such a draw.
      expect(Buffer.from(synAck!).toString('hex')).toMatch(
        new RegExp(
          '^025342000001' + // to the prober
            '525400534202' + // from the machine
            '0800' +
            '4500003c00004000' + // IPv4, 60 bytes, id 0, DF
            '4006....' + // TTL 64, TCP
            'ac1f0002' + // 172.31.0.2
            '0a000001' + // 10.0.0.1
            '00169c40' + // 22 to 40000
            '........' +
            '01020305' + // our sequence number plus one
            'a012' + // 40 bytes of header, SYN and ACK
            'fe88' + // window 65160
            '....0000' +
            '020405b4' + // MSS 1460
            '0402' + // SACK permitted
            '080a........11223344' + // timestamps, ours echoed
            `010303${scale.toString(16).padStart(2, '0')}$`,
        ),
      );
      const decoded = decodeFrame(synAck!);
      expect(formatTcpFlags(decoded.tcp!.flags)).toBe('SA');
      expect(formatTcpOptions(decoded.tcp!.options)).toBe(`M1460,S,T,N,W${scale}`);
      expect(emitFrame(decoded)).toEqual(synAck);

      const refused = decodeFrame(closed!);
      expect(formatTcpFlags(refused.tcp!.flags)).toBe('RA');
      expect(refused.tcp).toMatchObject({ sequence: 0, acknowledgment: 0x01020305, window: 0, options: [] });
      expect(refused.ipv4).toMatchObject({ ttl: 64, identification: 0, flags: ipv4Flag.dontFragment });

      const reset = decodeFrame(stray!);
      expect(formatTcpFlags(reset.tcp!.flags)).toBe('R');
      expect(reset.tcp!.sequence).toBe(0x0a0b0c0d);
    });
  });
});

test('more memory moves the window scale of one and the same image', { timeout: 240_000 }, async () => {
  const scaleAt = (ramMib: number) =>
    withMachine('linux-6.12+deb13', { ramMib }, async (booted) => {
      const { answers } = await answersOf(booted, [probe(22, 'S')]);
      const option = decodeFrame(answers[0]!).tcp!.options.find(({ type }) => type === 'windowScale');
      return option?.type === 'windowScale' ? option.shift : undefined;
    });
  expect(await scaleAt(128)).toBe(4);
  expect(await scaleAt(1024)).toBe(7);
});

test('the path stands between: a TTL that is counted down, and probes that are lost', {
  timeout: 240_000,
}, async () => {
  const path = {
    forward: [{ kind: 'loss', probability: 1 } as const],
    reverse: [],
  };
  await withMachine('linux-5.10', { path }, async (booted) => {
    const { answers, collection } = await answersOf(booted, [probe(22, 'S'), probe(81, 'S')]);
    expect(answers).toEqual([undefined, undefined]);
    expect(collection).toMatchObject({ sent: 2, received: 0, unmatched: 0 });
    expect(booted.link.path.dropped).toBe(2);
  });
  await withMachine(
    'linux-5.10',
    { path: { forward: [], reverse: [{ kind: 'ttl', decrement: 7 }] } },
    async (booted) => {
      const { answers } = await answersOf(booted, [probe(22, 'S')]);
      expect(decodeFrame(answers[0]!).ipv4!.ttl).toBe(57);
    },
  );
});

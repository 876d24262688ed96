import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { tcpFrame, udpFrame } from '../../src/packet/build.js';
import { decodeFrame, emitFrame, type Frame } from '../../src/packet/frame.js';
import { formatTcpFlags } from '../../src/packet/tcp-flags.js';
import type { TcpOption } from '../../src/packet/tcp-options.js';
import { formatTcpOptions } from '../../src/packet/tcp-options-text.js';
import { addressing } from '../../src/probe/addressing.js';
import { collect } from '../../src/probe/collector.js';
import type { BootedMachine } from '../../testbed/boot.js';
import { withMachine } from '../support/bed.js';

/*
 * What a prober can do to its own measurements. Each test shows the artefact with the handling switched off, and
 * that it is gone with the handling that every run has.
 */

const image = 'linux-6.12+deb13';
const timeout = { timeout: 240_000 };
const ethernet = { source: addressing.proberMac, destination: addressing.machineMac };
const options: TcpOption[] = [
  { type: 'mss', value: 1460 },
  { type: 'sackPermitted' },
  { type: 'nop' },
  { type: 'windowScale', shift: 7 },
];
const synFrame = (address: number, sourcePort: number, sequence: number, port = 22) =>
  emitFrame(
    tcpFrame({
      ethernet,
      ipv4: { source: addressing.copies + address, destination: addressing.machine },
      tcp: { sourcePort, destinationPort: port, sequence, options },
    }),
  );
const synFlood = (count: number, port = 22) =>
  Array.from({ length: count }, (_, index) => synFrame(0, 1024 + index, index, port));

/** Sends frames to a machine by the collector; the options of its SYN-ACKs, and what was counted. */
async function collected(booted: BootedMachine, frames: readonly Uint8Array[], reset: boolean) {
  const seen = new Map<string, number>();
  const counts = await collect({
    ...{ prober: booted.prober, link: booted.link, control: booted.control, frames },
    ...{ copies: 1, closedPort: 81, reset, window: 256, timeoutMs: 10_000 },
    onResponse(_probe, _copy, frame) {
      const { tcp } = decodeFrame(frame);
      const text = tcp ? formatTcpOptions(tcp.options) : 'not TCP';
      seen.set(text, (seen.get(text) ?? 0) + 1);
      return true;
    },
  });
  return { counts, seen };
}

/** Sends one frame after the other, and gives all that comes back until `quietMs` after the last. */
async function exchange(booted: BootedMachine, frames: readonly Uint8Array[], quietMs = 400) {
  const answers: Frame[] = [];
  booted.prober.onFrame = (frame) => answers.push(structuredClone(decodeFrame(frame)));
  for (const frame of frames) booted.prober.send(frame);
  await delay(quietMs);
  booted.prober.onFrame = undefined;
  return answers;
}

describe('half-open connections that probes leave behind', () => {
  // More than the guest's backlog of 4,096.
  const flood = synFlood(6000);

  test('fill the SYN backlog: the kernel changes to SYN cookies, which lose options', timeout, () =>
    withMachine(image, {}, async (booted) => {
      const { seen } = await collected(booted, flood, false);
      expect(seen.size).toBe(2);
      expect(seen.get('M1460')).toBeGreaterThan(0);
    }),
  );

  test('do not come about when each SYN-ACK is answered with a RST', timeout, () =>
    withMachine(image, {}, async (booted) => {
      const { counts, seen } = await collected(booted, flood, true);
      expect([...seen]).toEqual([['M1460,N,N,S,N,W5', flood.length]]);
      expect(counts).toMatchObject({ received: flood.length, repeated: 0, unmatched: 0 });
    }),
  );
});

describe('a SYN-ACK that nobody answers', () => {
  const answersOf = (booted: BootedMachine) => exchange(booted, [synFrame(0, 40_000, 1)], 3500);

  test('comes again and again, and only once when it is answered with a RST', timeout, () =>
    withMachine(image, {}, async (booted) => {
      booted.control.resets = false;
      expect((await answersOf(booted)).length).toBeGreaterThan(1);
      booted.control.resets = true;
      expect(await answersOf(booted)).toHaveLength(1);
    }),
  );
});

describe('copies of a probe that come from one address and port', () => {
  /** Four SYNs with sequence numbers far from each other, as probes have. */
  const syns = (address: (copy: number) => number) =>
    [1, 2, 3, 4].map((copy) => synFrame(address(copy), 40_000, copy * 0x1000_0000));
  const flags = (answers: readonly Frame[]) => answers.map(({ tcp }) => formatTcpFlags(tcp!.flags));

  test(
    'meet the connection that the first has left: challenge ACKs, and no more than one in half a second',
    timeout,
    () =>
      withMachine(image, {}, async (booted) => {
        booted.control.resets = false;
        expect(
          flags(
            await exchange(
              booted,
              syns(() => 0),
            ),
          ),
        ).toEqual(['SA', 'A']);
        expect(
          flags(
            await exchange(
              booted,
              syns((copy) => copy),
            ),
          ),
        ).toEqual(['SA', 'SA', 'SA', 'SA']);
      }),
  );
});

describe('a machine that limits its ICMP errors', () => {
  const datagrams = (count: number, source: (index: number) => number) =>
    Array.from({ length: count }, (_, index) =>
      emitFrame(
        udpFrame({
          ethernet,
          ipv4: { source: source(index), destination: addressing.machine },
          udp: { sourcePort: 40_000, destinationPort: 33_434 },
        }),
      ),
    );

  test('seems not to answer a prober with one address, and answers one with many', timeout, () =>
    withMachine(image, {}, async (booted) => {
      const one = await exchange(
        booted,
        datagrams(40, () => addressing.copies),
      );
      expect(one.length).toBeGreaterThan(0);
      expect(one.length).toBeLessThan(10);
      await delay(1000);
      const many = await exchange(
        booted,
        datagrams(40, (index) => addressing.copies + 1000 + index),
      );
      expect(many.length).toBe(40);
    }),
  );
});

describe('a machine that forgets the link-layer address of its gateway', () => {
  // Addresses are doubted at once instead of after 15 to 45 s, and asked for thrice, 100 ms apart.
  const forgetful = Object.fromEntries(
    Object.entries({ base_reachable_time_ms: 100, delay_first_probe_time: 0, retrans_time_ms: 100 }).map(
      ([name, value]) => [`net.ipv4.neigh.eth0.${name}`, `${value}`],
    ),
  );

  test('falls silent when nobody answers its ARP requests, and not otherwise', timeout, () =>
    withMachine(image, { spec: { sysctls: forgetful } }, async (booted) => {
      const answered = async () => {
        for (let round = 0; round < 5; round++) {
          await exchange(booted, synFlood(1, 81));
        }
        return (await exchange(booted, synFlood(1, 81))).length;
      };
      expect(await answered()).toBe(1);
      booted.control.answersGateway = false;
      expect(await answered()).toBe(0);
      booted.control.answersGateway = true;
      expect(await answered()).toBe(1);
    }),
  );
});

import { describe, expect, test } from 'vitest';
import type { PathSpec } from '../../src/netem/path.js';
import {
  arpReply,
  decodeFrame,
  emitFrame,
  type Frame,
  icmpFrame,
  tcpFlag,
  tcpFrame,
  udpFrame,
} from '../../src/packet/index.js';
import { addressing } from '../../src/probe/addressing.js';
import { survey } from '../../src/probe/survey.js';
import { fakeWire, ports } from './fake-machine.js';

const machine = { mac: addressing.machineMac, address: addressing.machine };
const ethernet = { source: addressing.machineMac, destination: addressing.proberMac };

/** A machine that answers as `reply` says; it counts the packets that it sends. */
function talk(
  reply: (frame: Frame, bytes: Uint8Array, id: number) => Frame | undefined,
  { path, timeoutMs = 20 }: { path?: PathSpec; timeoutMs?: number } = {},
) {
  const { prober, control, machine: fake } = fakeWire(path);
  let sent = 0;
  const seen: Frame[] = [];
  fake.port.onFrame = (bytes) => {
    const copy = bytes.slice();
    const frame = decodeFrame(copy);
    seen.push(frame);
    const answer = reply(frame, copy, ++sent);
    if (answer) setImmediate(() => fake.port.send(emitFrame(answer)));
  };
  const asked = survey({ prober, control, ...ports, timeoutMs });
  return { asked, seen };
}

const arp = ({ arp: request }: Frame) =>
  request && arpReply(machine, { mac: request.senderMac, address: request.senderAddress });
const back = ({ ipv4 }: Frame, id: number, more = {}) => ({
  ethernet,
  ipv4: {
    source: ipv4!.destination,
    destination: ipv4!.source,
    identification: id,
    ttl: 255,
    flags: 0,
    ...more,
  },
});

function answerAll(frame: Frame, bytes: Uint8Array, id: number): Frame | undefined {
  if (!frame.ipv4) return arp(frame);
  if (frame.icmp) return icmpFrame({ ...back(frame, id), icmp: { type: 0, rest: frame.icmp.rest } });
  if (frame.udp)
    return icmpFrame({
      ...back(frame, id),
      icmp: { type: 3, code: 3 },
      payload: bytes.subarray(14, 14 + 28),
    });
  if (!frame.tcp || frame.tcp.flags & tcpFlag.rst) return undefined;
  const accepts = frame.tcp.destinationPort === ports.open;
  return tcpFrame({
    ...back(frame, accepts ? 0 : id, accepts ? { ttl: 64, flags: 2 } : {}),
    tcp: {
      sourcePort: frame.tcp.destinationPort,
      destinationPort: frame.tcp.sourcePort,
      flags: tcpFlag.ack | (accepts ? tcpFlag.syn : tcpFlag.rst),
      window: accepts ? 65_160 : 0,
      options: accepts
        ? [
            { type: 'mss', value: 1460 },
            { type: 'sackPermitted' },
            { type: 'nop' },
            { type: 'nop' },
            { type: 'nop' },
            { type: 'windowScale', shift: 5 },
          ]
        : [],
    },
  });
}

describe('survey', () => {
  test('tells what a talkative machine answers, and resets what it opened', async () => {
    // With less patience an answer that a busy machine delays would be asked for again.
    const { asked, seen } = talk(answerAll, { timeoutMs: 5000 });
    expect(await asked).toEqual({
      ...{ arp: true, ping: true, synOpen: 'syn-ack', synClosed: 'rst', udpClosed: 'icmp' },
      ...{ source: 'syn-open', ttl: 64, df: true, window: 65_160, options: 'M1460,S,N,N,N,W5' },
      ...{ windowScale: 5, mss: 1460 },
      ipId: { synOpen: 'zero', synClosed: 'incremental', ping: 'incremental' },
    });
    expect(seen.filter(({ tcp }) => tcp && tcp.flags & tcpFlag.rst)).toHaveLength(6);
  });

  test('calls silence what stays unanswered, and gives up on it soon', async () => {
    const { asked, seen } = talk((frame) => arp(frame));
    expect(await asked).toEqual({
      ...{ arp: true, ping: false, synOpen: 'silence', synClosed: 'silence', udpClosed: 'silence' },
      ...{ source: undefined, ttl: undefined, df: undefined, window: undefined, options: undefined },
      ...{ windowScale: undefined, mss: undefined },
      ipId: { synOpen: undefined, synClosed: undefined, ping: undefined },
    });
    expect(seen.filter(({ ipv4 }) => ipv4)).toHaveLength(4 * 3);
  });

  test('reads TTL from the ping of a machine that answers nothing else', async () => {
    const { asked } = talk((frame, bytes, id) =>
      frame.tcp || frame.udp ? undefined : answerAll(frame, bytes, id),
    );
    expect(await asked).toMatchObject({ source: 'ping', ttl: 255, df: false, window: undefined });
  });

  test('tells a UDP answer from a refusal, and is not misled by strangers', async () => {
    const { asked } = talk((frame, bytes, id) => {
      if (!frame.udp) return answerAll(frame, bytes, id);
      const { sourcePort, destinationPort } = frame.udp;
      return udpFrame({
        ...back(frame, id),
        udp: { sourcePort: destinationPort, destinationPort: sourcePort },
      });
    });
    expect(await asked).toMatchObject({ udpClosed: 'udp' });
    const { asked: misled } = talk((frame, _, id) => {
      if (!frame.udp) return arp(frame);
      const { sourcePort, destinationPort } = frame.udp;
      return udpFrame({
        ...back(frame, id),
        udp: { sourcePort: destinationPort, destinationPort: sourcePort + 1 },
      });
    });
    expect(await misled).toMatchObject({ udpClosed: 'silence' });
  });

  test('crosses the path', async () => {
    const path: PathSpec = { forward: [], reverse: [{ kind: 'ttl', decrement: 4 }] };
    const { asked } = talk(answerAll, { path, timeoutMs: 5000 });
    expect(await asked).toMatchObject({ ttl: 60 });
  });

  test('stops when it is interrupted', async () => {
    const { prober, control } = fakeWire();
    const stop = new AbortController();
    const asked = survey({ prober, control, ...ports, timeoutMs: 20, signal: stop.signal });
    stop.abort();
    await expect(asked).rejects.toThrow('interrupted');
    expect(prober.onFrame).toBeUndefined();
  });
});

import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { responseOrder } from '../../src/nmap/response-order.js';
import { unansweredHandshakes } from '../../src/nmap/unanswered.js';
import { decodeFrame, emitFrame, tcpFlag } from '../../src/packet/index.js';
import { randomStream } from '../../src/random.js';
import { answerTo, fakeWire, ports } from '../probe/fake-machine.js';

const random = () => randomStream(1, 'unanswered');

it('notes when a SYN-ACK that nobody answers is sent again, and not what the path duplicated', async () => {
  const { prober, control, machine } = fakeWire();
  const resets: number[] = [];
  const sources = new Set<number>();
  machine.port.onFrame = (bytes) => {
    const frame = decodeFrame(bytes.slice());
    if (frame.tcp!.flags & tcpFlag.rst) return resets.push(frame.tcp!.sourcePort);
    sources.add(frame.tcp!.sourcePort);
    const answer = emitFrame(answerTo(frame)!);
    for (const [afterMs, count] of [
      [0, 2],
      [400, 1],
    ] as const)
      setTimeout(() => Array.from({ length: count }, () => machine.port.send(answer.slice())), afterMs);
    return 0;
  };
  const found = await unansweredHandshakes({
    ...{ prober, control, open: ports.open, count: 3, durationMs: 900, random: random() },
  });
  expect(sources.size).toBe(3);
  expect(found.map((one) => one?.retransmissions.length)).toEqual([1, 1, 1]);
  expect(found[0]!.retransmissions[0]).toBeGreaterThan(300);
  expect(found[0]!.timestamps).toEqual([undefined, undefined]);
  expect(resets).toEqual([]);
});

it('knows a machine without a listener by its silence', async () => {
  const { prober, control } = fakeWire();
  const options = { prober, control, open: ports.closed, count: 1, durationMs: 50, random: random() };
  expect(await unansweredHandshakes(options)).toEqual([undefined]);
});

it('gives up when it is told to', async () => {
  const { prober, control } = fakeWire();
  const options = { prober, control, open: ports.open, count: 1, durationMs: 60_000, random: random() };
  const ended = unansweredHandshakes({ ...options, signal: AbortSignal.timeout(20) });
  await expect(ended).rejects.toThrow('interrupted');
  expect(prober.onFrame).toBeUndefined();
});

it('tells the order of the answers, each of them once', async () => {
  const { prober, control, machine } = fakeWire();
  machine.port.onFrame = (bytes) => {
    const frame = decodeFrame(bytes.slice());
    const answer = frame.tcp && answerTo(frame);
    if (!answer) return;
    const late = frame.tcp!.destinationPort === ports.open;
    void sleep(late ? 30 : 1).then(() => {
      machine.port.send(emitFrame(answer));
      machine.port.send(emitFrame(answer));
    });
  };
  const options = {
    prober,
    control,
    ports: { ...ports, closedUdp: 40_125 },
    random: random(),
    timeoutMs: 300,
  };
  expect(await responseOrder(options)).toEqual(['syn-closed', 'syn-open']);
});

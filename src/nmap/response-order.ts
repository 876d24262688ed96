import { setTimeout as sleep } from 'node:timers/promises';
import { InterruptedError } from '../errors.js';
import { decodeFrame } from '../packet/frame.js';
import { addressing } from '../probe/addressing.js';
import { nmapProbes, type ProbeName } from './probes.js';
import type { ScanOptions } from './scan.js';

/** What is sent back to back, and what it is called. */
const burst: readonly (readonly [probe: ProbeName, name: string])[] = [
  ['SEQ1', 'syn-open'],
  ['IE2', 'ping'],
  ['U1', 'udp-closed'],
  ['T5', 'syn-closed'],
];

const patienceSteps = 10;

/** Names of the kinds of probes in the order in which {@link responseOrder} sends them. */
export const burstNames: readonly string[] = burst.map(([, name]) => name);

/**
 * Sends a SYN to the open port, a ping, a datagram and a SYN to the closed port back to back, and tells in which order
 * the answers came; what was not answered is left out. Throws InterruptedError when the signal aborts.
 */
export async function responseOrder(options: ScanOptions): Promise<string[]> {
  const { prober, control, ports, random, timeoutMs, signal } = options;
  const probes = nmapProbes(ports, random);
  const sent = burst.flatMap(([probe, kind]) => {
    const found = probes.find(({ name }) => name === probe);
    return found ? [{ kind, probe: found }] : [];
  });
  const order: string[] = [];
  prober.onFrame = (bytes) => {
    const frame = decodeFrame(bytes.slice());
    if (frame.ipv4?.destination !== addressing.survey) return;
    const answered = sent.find(({ probe }) => probe.answers(frame));
    if (answered && !order.includes(answered.kind)) order.push(answered.kind);
  };
  const { resets } = control;
  control.resets = true;
  try {
    for (const { probe } of sent) prober.send(probe.bytes);
    prober.flush();
    for (let step = 0; step < patienceSteps && order.length < sent.length; step++)
      await sleep(timeoutMs / patienceSteps, undefined, { signal });
    return order;
  } catch (error) {
    if (signal?.aborted) throw new InterruptedError('the scan was interrupted', { cause: error });
    throw error;
  } finally {
    control.resets = resets;
    prober.onFrame = undefined;
  }
}

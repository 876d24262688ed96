import { setTimeout as sleep } from 'node:timers/promises';
import { InterruptedError } from '../errors.js';
import type { Port } from '../netem/port.js';
import { decodeFrame, type Frame } from '../packet/frame.js';
import { addressing } from '../probe/addressing.js';
import type { Control } from '../probe/control.js';
import type { RandomStream } from '../random.js';
import { type NmapProbe, nmapProbes, type ProbeName, type ProbePorts, sequenceProbes } from './probes.js';

/** A probe and what came of it. */
export interface Exchange {
  readonly probe: NmapProbe;
  /** When it was sent, ms. */
  readonly sentMs: number;
  /** Undefined for silence. */
  readonly answer: Frame | undefined;
}

export type Exchanges = ReadonlyMap<ProbeName, Exchange>;

export interface ScanOptions {
  /** The prober's port on the wire; the probes cross the machine's path. */
  readonly prober: Port;
  readonly control: Control;
  readonly ports: ProbePorts;
  readonly random: RandomStream;
  /** Patience with the answers to a round, ms. */
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
}

/** Between the probes of SEQ, ms: the rates of its tests are made for it. */
const sequenceSpacingMs = 100;
/** Between the others, ms: as nmap does. */
const spacingMs = 25;
const tries = 4;
/** With fewer answers to SEQ there is little to compute: it is sent anew. */
const fewest = 4;

const isSequence = ({ name }: NmapProbe) => (sequenceProbes as readonly string[]).includes(name);

/**
 * Sends the sixteen probes across the path, SEQ in steps of 100 ms, and again, up to three times, those that are not
 * answered; SEQ as a whole, when fewer than four of its probes were. Throws InterruptedError when the signal aborts.
 */
export async function nmapScan(options: ScanOptions): Promise<Exchanges> {
  const { prober, control, ports, random, timeoutMs, signal } = options;
  const probes = nmapProbes(ports, random);
  const sent = new Map<ProbeName, number>();
  const answers = new Map<ProbeName, Frame>();
  prober.onFrame = (bytes) => {
    const frame = decodeFrame(bytes.slice());
    if (frame.ipv4?.destination !== addressing.survey) return;
    const probe = probes.find(({ name, answers: answered }) => sent.has(name) && answered(frame));
    if (probe && !answers.has(probe.name)) answers.set(probe.name, frame);
  };
  const send = async (batch: readonly NmapProbe[], stepMs: number) => {
    let due = performance.now();
    for (const { name, bytes } of batch) {
      await sleep(Math.max(0, due - performance.now()), undefined, { signal });
      sent.set(name, performance.now());
      prober.send(bytes);
      prober.flush();
      due += stepMs;
    }
  };
  const silent = () => probes.filter(({ name }) => !answers.has(name));
  const { resets } = control;
  control.resets = true;
  try {
    for (let round = 0; round < tries && silent().length > 0; round++) {
      const sequence = probes.filter(isSequence);
      if (sequence.filter(({ name }) => answers.has(name)).length < fewest) {
        for (const { name } of sequence) answers.delete(name);
        await send(sequence, sequenceSpacingMs);
        await sleep(spacingMs, undefined, { signal });
      }
      await send(
        silent().filter((probe) => !isSequence(probe)),
        spacingMs,
      );
      for (let waited = 0; waited < timeoutMs && silent().length > 0; waited += spacingMs)
        await sleep(Math.min(spacingMs, timeoutMs - waited), undefined, { signal });
    }
    return new Map(
      probes.map((probe) => {
        const { name } = probe;
        return [name, { probe, sentMs: sent.get(name) ?? 0, answer: answers.get(name) }];
      }),
    );
  } catch (error) {
    if (signal?.aborted) throw new InterruptedError('the scan was interrupted', { cause: error });
    throw error;
  } finally {
    control.resets = resets;
    prober.onFrame = undefined;
  }
}

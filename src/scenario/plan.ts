import { slowdownFactor } from '../../testbed/speed.js';
import { restoresOf } from './probes-schema.js';
import type { Scenario } from './schema.js';
import { selecting } from './select/schema.js';
import { toolsOf } from './tools/results.js';

/** What it takes to send some probes to some machines. */
export interface Pass {
  /** Machines, once for each condition that they are measured under. */
  readonly boots: number;
  readonly probes: number;
  readonly packets: number;
  /** Times that a machine gives way to a fresh one. */
  readonly restores: number;
}

/**
 * What a scenario sends to a fleet of so many machines: to its pilot, where it has one, and then to all.
 * @param trials of the machines, under all conditions
 */
export function passesOf(
  scenario: Scenario,
  machines: number,
  trials: number,
): { pilot?: Pass; fleet: Pass } {
  const { probes } = scenario;
  const pass = (boots: number, count: number): Pass => ({
    ...{ boots, probes: count, packets: boots * count * probes.copies },
    restores: boots * restoresOf({ ...probes, count }),
  });
  const how = selecting(probes);
  return {
    ...(how && { pilot: pass(Math.min(how.pilot, machines), probes.count) }),
    fleet: pass(trials, how?.keep ?? probes.count),
  };
}

/** Seconds of one core for a boot and a restore, and packets a second, of an ordinary guest under TCG at reference speed. */
const reference = { bootS: 3, restoreS: 0.4, packetsPerS: 20_000 };

/** The same of a program's start; User-Mode Linux takes somewhat longer, other stacks much less. */
const programS = 0.4;

/** What is waited for by the clock at each machine, seconds: a scan, the SYN-ACKs that it leaves, and a run of nmap's. */
const waits = { scanS: 2, handshakesS: 11, toolS: 8 };

/** Seconds at each machine that scans and tools of others spend waiting. */
export function waitingS(scenario: Scenario): number {
  const scans = scenario.nmap ? waits.handshakesS + scenario.nmap.scans * waits.scanS : 0;
  return scans + (toolsOf(scenario).includes('nmap') ? waits.toolS : 0);
}

interface Work {
  readonly machines: number;
  /** Share of them that are programs rather than guests, 0..1; default: none. */
  readonly programs?: number;
  readonly packets: number;
  /** Times that a machine gives way to a fresh one. */
  readonly restores: number;
}

/** What one core at reference speed would take for boots and packets, seconds. */
export function coreSeconds({ machines, packets, programs = 0, restores }: Work): number {
  const bootS = (1 - programs) * reference.bootS + programs * programS;
  return machines * bootS + restores * reference.restoreS + packets / reference.packetsPerS;
}

/**
 * About how long a run takes here, seconds, pulling images and learning not counted; `waitingS` are seconds that are
 * spent waiting at each machine.
 */
export function estimate(work: Work & { readonly waitingS?: number; readonly jobs: number }): number {
  const { jobs, machines } = work;
  const waitingS = machines * (work.waitingS ?? 0);
  return Math.ceil((coreSeconds(work) * slowdownFactor() + waitingS) / Math.min(jobs, Math.max(1, machines)));
}

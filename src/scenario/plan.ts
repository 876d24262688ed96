import { slowdownFactor } from '../../testbed/speed.js';
import { conditionsOf } from './conditions.js';
import { restoresOf } from './probes-schema.js';
import type { Scenario } from './schema.js';
import { selecting } from './select/schema.js';

/** What it takes to send some probes to some machines. */
export interface Pass {
  /** Machines, once for each condition that they are measured under. */
  readonly boots: number;
  readonly probes: number;
  readonly packets: number;
  /** Times that a machine gives way to a fresh one. */
  readonly restores: number;
}

/** What a scenario sends to a fleet of so many machines: to its pilot, where it has one, and then to all. */
export function passesOf(scenario: Scenario, machines: number): { pilot?: Pass; fleet: Pass } {
  const { probes } = scenario;
  const pass = (boots: number, count: number): Pass => ({
    ...{ boots, probes: count, packets: boots * count * probes.copies },
    restores: boots * restoresOf({ ...probes, count }),
  });
  const how = selecting(probes);
  return {
    ...(how && { pilot: pass(Math.min(how.pilot, machines), probes.count) }),
    fleet: pass(machines * conditionsOf(scenario).length, how?.keep ?? probes.count),
  };
}

/** Seconds of one core for a boot and a restore, and packets a second, of an ordinary guest under TCG at reference speed. */
const reference = { bootS: 3, restoreS: 0.4, packetsPerS: 20_000 };

/** About how long a run takes here, seconds, pulling images and learning not counted. */
export function estimate(work: {
  machines: number;
  packets: number;
  /** Times that a machine gives way to a fresh one. */
  restores: number;
  jobs: number;
}): number {
  const coreSeconds =
    work.machines * reference.bootS +
    work.restores * reference.restoreS +
    work.packets / reference.packetsPerS;
  return Math.ceil((coreSeconds * slowdownFactor()) / Math.min(work.jobs, Math.max(1, work.machines)));
}

import { generateProbes } from '../probe/generator.js';
import { type Probe, type ProbePorts, probeFrame } from '../probe/probe.js';
import type { MachineRecord } from './run-folder.js';
import type { Scenario } from './schema.js';

/** The probes of a scenario; equal scenario and seed give equal probes. */
export function probeSet(scenario: Scenario) {
  const { count, closed_share: closedShare } = scenario.probes;
  return generateProbes({ seed: scenario.seed, count, closedShare });
}

const made = new WeakMap<readonly Probe[], Map<string, readonly Uint8Array[]>>();

/** The frames of a probe set, made once for all machines that have the ports. */
export function framesOf(probes: readonly Probe[], { open, closed }: ProbePorts): readonly Uint8Array[] {
  const byPorts = made.get(probes) ?? new Map<string, readonly Uint8Array[]>();
  made.set(probes, byPorts);
  const key = `${open} ${closed}`;
  const frames = byPorts.get(key) ?? probes.map((probe) => probeFrame(probe, { open, closed }));
  byPorts.set(key, frames);
  return frames;
}

/** The probes' frames as their first copies went to a machine, made when they are first asked for. */
export function sentFrames(scenario: Scenario) {
  let probes: readonly Probe[] | undefined;
  return ({ ports }: Pick<MachineRecord, 'ports'>): readonly Uint8Array[] => {
    probes ??= probeSet(scenario);
    return framesOf(probes, ports ?? scenario.probes);
  };
}

import { existsSync } from 'node:fs';
import { readProbes } from '../dataset/probe-store.js';
import { InputError } from '../errors.js';
import { generateProbes } from '../probe/generator.js';
import { type Probe, type ProbePorts, probeFrame, withPort } from '../probe/probe.js';
import { type SendOrder, sendOrder } from '../probe/send-order.js';
import type { MachineRecord, RunFolder } from './run-folder.js';
import type { Scenario } from './schema.js';
import { selecting } from './select/schema.js';
import { readSelection, selectedProbes } from './select/selection.js';

/** The probes of a scenario; equal scenario and seed give equal probes. */
export function probeSet(scenario: Scenario) {
  const { count, closed_share: closedShare } = scenario.probes;
  return generateProbes({ seed: scenario.seed, count, closedShare });
}

/**
 * The probes that a run sends to all of its machines: the scenario's, or those of them that it selected. Throws
 * InputError while it has not.
 */
export async function runProbes(folder: RunFolder, scenario: Scenario): Promise<Probe[]> {
  const all = probeSet(scenario);
  if (!selecting(scenario.probes)) return all;
  const selection = await readSelection(folder);
  if (!selection)
    throw new InputError(`${folder.path} has not selected its probes yet: its pilot is not finished`, {
      remedy: `go on with: stackbed run --resume ${folder.path}; see what there is: stackbed inspect ${folder.path}/pilot`,
    });
  return selectedProbes(all, selection, folder);
}

/** How a machine's probes were sent; runs that did not record it sent them in the order of the list. */
type Sending = Pick<NonNullable<MachineRecord['sending']>, 'order' | 'spread'>;
const before: Sending = { order: 'listed', spread: 'rounds' };

/** When each copy of so many probes goes to a machine, by its own id: under every condition alike. */
export function orderOf(
  { seed, probes: { copies } }: Pick<Scenario, 'seed' | 'probes'>,
  probes: number,
  machine: string,
  { order, spread }: Sending = before,
): SendOrder {
  return sendOrder({ probes, copies, order, spread, seed, machine });
}

/** Frames one behind the other in memory: read in a shuffled order they are found in the processor's caches. */
function packed(frames: readonly Uint8Array[]): Uint8Array[] {
  const bytes = new Uint8Array(frames.reduce((sum, frame) => sum + frame.length, 0));
  let end = 0;
  return frames.map((frame) => {
    bytes.set(frame, end);
    end += frame.length;
    return bytes.subarray(end - frame.length, end);
  });
}

const made = new WeakMap<readonly Probe[], Map<string, readonly Uint8Array[]>>();

/** The frames of a probe set, made once for all machines that have the ports. */
export function framesOf(probes: readonly Probe[], { open, closed }: ProbePorts): readonly Uint8Array[] {
  const byPorts = made.get(probes) ?? new Map<string, readonly Uint8Array[]>();
  made.set(probes, byPorts);
  const key = `${open} ${closed}`;
  const frames = byPorts.get(key) ?? packed(probes.map((probe) => probeFrame(probe, { open, closed })));
  byPorts.set(key, frames);
  return frames;
}

/**
 * The probes' frames as their first copies went to a machine: those that the run kept, or, in a run that kept none,
 * those of its scenario.
 */
export async function sentFrames(folder: RunFolder, scenario: Scenario) {
  const kept = folder.file('probes.parquet');
  const stored = existsSync(kept) ? await readProbes(kept) : undefined;
  const generated = stored ? [] : await runProbes(folder, scenario);
  const patched = new Map<string, readonly Uint8Array[]>();
  return ({ ports = scenario.probes }: Pick<MachineRecord, 'ports'>): readonly Uint8Array[] => {
    if (!stored) return framesOf(generated, ports);
    const key = `${ports.open} ${ports.closed}`;
    const frames = patched.get(key) ?? stored.map(({ frame, target }) => withPort(frame, ports[target]));
    patched.set(key, frames);
    return frames;
  };
}

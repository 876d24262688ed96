import { existsSync } from 'node:fs';
import { readProbes, type StoredProbe } from '../dataset/probe-store.js';
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

/** How many probes a run sends to all of its machines. Throws InputError while it has not selected them. */
export async function countProbes(folder: RunFolder, scenario: Scenario): Promise<number> {
  return selecting(scenario.probes) ? (await runProbes(folder, scenario)).length : scenario.probes.count;
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

const usualFrameLength = 96;

/** Frames one behind the other in memory: read in a shuffled order they are found in the processor's caches. */
function packed(count: number, frame: (probe: number) => Uint8Array): Uint8Array[] {
  let bytes = new Uint8Array(count * usualFrameLength);
  const ends = new Uint32Array(count);
  let end = 0;
  for (let probe = 0; probe < count; probe++) {
    const one = frame(probe);
    if (end + one.length > bytes.length) {
      const larger = new Uint8Array(2 * bytes.length + one.length);
      larger.set(bytes);
      bytes = larger;
    }
    bytes.set(one, end);
    end += one.length;
    ends[probe] = end;
  }
  return Array.from(ends, (to, probe) => bytes.subarray(probe === 0 ? 0 : ends[probe - 1]!, to));
}

/** The frames of a probe set for the usual ports. */
export function framesOf(probes: readonly Probe[], ports: ProbePorts): readonly Uint8Array[] {
  return packed(probes.length, (probe) => probeFrame(probes[probe]!, ports));
}

/** The frames of a probe set as their first copies go to a machine that has the ports; made once for equal ports. */
export type FramesFor = (ports: ProbePorts) => readonly Uint8Array[];

/** {@link FramesFor} that keeps frames alone: probes take four times their memory. */
export function framesFor(probes: readonly Probe[], usual: ProbePorts): FramesFor {
  return patching(
    framesOf(probes, usual),
    probes.map(({ target }) => target),
    usual,
  );
}

function patching(
  frames: readonly Uint8Array[],
  targets: readonly Probe['target'][],
  usual: ProbePorts,
): FramesFor {
  const keyOf = ({ open, closed }: ProbePorts) => `${open} ${closed}`;
  const made = new Map([[keyOf(usual), frames]]);
  return (ports) => {
    const key = keyOf(ports);
    const own =
      made.get(key) ?? packed(frames.length, (probe) => withPort(frames[probe]!, ports[targets[probe]!]));
    made.set(key, own);
    return own;
  };
}

/**
 * The probes' frames as their first copies went to a machine: those that the run kept, or, in a run that kept none,
 * those of its scenario.
 */
export async function sentFrames(folder: RunFolder, scenario: Scenario) {
  const kept = folder.file('probes.parquet');
  const frames = existsSync(kept)
    ? storedFrames(await readProbes(kept), scenario.probes)
    : framesFor(await runProbes(folder, scenario), scenario.probes);
  return ({ ports = scenario.probes }: Pick<MachineRecord, 'ports'>) => frames(ports);
}

const storedFrames = (stored: readonly StoredProbe[], usual: ProbePorts): FramesFor =>
  patching(
    packed(stored.length, (probe) => stored[probe]!.frame),
    stored.map(({ target }) => target),
    usual,
  );

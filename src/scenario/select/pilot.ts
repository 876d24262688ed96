import { buildMatrix } from '../../dataset/matrix.js';
import { writeProbes } from '../../dataset/probe-store.js';
import { summaryOfProbes } from '../../dataset/summary.js';
import { CapabilityError, InputError } from '../../errors.js';
import { informativeProbes } from '../../learn/informative-probes.js';
import { allPairsApart, countPairs } from '../../learn/pairs-apart.js';
import { fields } from '../../probe/fields.js';
import { type Probe, probesDigest } from '../../probe/probe.js';
import { type Trial, trialsOf } from '../conditions.js';
import type { PlannedMachine } from '../fleet.js';
import { measureTrials, type Session } from '../measure-trials.js';
import { type FramesFor, framesFor, framesOf } from '../probe-set.js';
import type { ReadScenario } from '../read.js';
import { type Manifest, RunFolder } from '../run-folder.js';
import { openPilot, pilotName, readPilot } from './measured-pilot.js';
import { pilotMachines } from './pilot-machines.js';
import { pilotInput } from './pilot-scenario.js';
import { type Selecting, selecting } from './schema.js';
import { readSelection, type Selection, selectedProbes, writeSelection } from './selection.js';

/** A run whose probes are to be selected. */
export interface Selected {
  readonly folder: RunFolder;
  readonly read: ReadScenario;
  readonly fleet: readonly PlannedMachine[];
  /** All probes of the scenario. */
  readonly probes: readonly Probe[];
}

/** A run whose probes are made when they are asked for. */
export type Selectable = Omit<Selected, 'probes'> & { readonly probes: () => readonly Probe[] };

/**
 * The frames of the probes that a run sends to all machines: all, or those that its pilot selects. The pilot is measured
 * before that, as far as it is not yet, into a folder of its own; what was selected once stays. Throws
 * InterruptedError; CapabilityError when fewer than two machines of the pilot could be measured.
 */
export async function selectProbes(session: Session, given: Selectable): Promise<FramesFor> {
  const usual = given.read.scenario.probes;
  const how = selecting(usual);
  const run = { ...given, probes: given.probes() };
  if (!how) return framesFor(run.probes, usual);
  const selection = (await readSelection(run.folder)) ?? (await select(session, run, how));
  const probes = selectedProbes(run.probes, selection, run.folder);
  if (probesDigest(sentFrames(run, probes)) !== selection.probes_sha256)
    throw new InputError(`${run.folder.path} selected other probes than its scenario gives now`, {
      remedy: 'begin a new run, or go on with the version of Stackbed that began this one',
    });
  session.onEvent({ kind: 'selected', kept: probes.length, of: run.probes.length, pairs: selection.pairs });
  return framesFor(probes, usual);
}

function sentFrames({ read }: Selected, probes: readonly Probe[]): readonly Uint8Array[] {
  return framesOf(probes, read.scenario.probes);
}

async function select(session: Session, run: Selected, how: Selecting): Promise<Selection> {
  const pilot = openPilot(run.folder) ?? (await beginPilot(session, run, how));
  const { scenario } = await pilot.readScenario();
  const { machines } = await pilot.readManifest();
  const trials = trialsOf(scenario, run.fleet).filter(({ id }) => machines.includes(id));
  session.onEvent({ kind: 'pilot', machines: trials.length, probes: run.probes.length });
  await measureTrials(session, {
    folder: pilot,
    scenario,
    trials,
    framesFor: framesFor(run.probes, scenario.probes),
  });
  const selection = await choose(run, how, pilot);
  const probes = selectedProbes(run.probes, selection, run.folder);
  await writeProbes(run.folder.file('probes.parquet'), probes, sentFrames(run, probes));
  await run.folder.writeManifest({
    ...(await run.folder.readManifest()),
    probesDigest: selection.probes_sha256,
  });
  // Last: a run that has it has all of the above.
  await writeSelection(run.folder, selection);
  return selection;
}

async function beginPilot(
  { images }: Session,
  { folder, read, fleet, probes }: Selected,
  how: Selecting,
): Promise<RunFolder> {
  const pilot = await RunFolder.createAt(folder.file(pilotName));
  await pilot.writeScenario({ scenario: read.scenario, input: pilotInput(read.input) });
  await writeProbes(pilot.file('probes.parquet'), probes, framesOf(probes, read.scenario.probes));
  const { scenario } = await pilot.readScenario();
  const obtained = fleet.filter(({ image }) => images.has(image));
  const trials: Trial[] = trialsOf(scenario, pilotMachines(obtained, how.pilot, scenario.seed));
  const manifest: Manifest = { ...(await folder.readManifest()), collectedS: 0, pilot: true };
  await pilot.writeManifest({ ...manifest, machines: trials.map(({ id }) => id) });
  return pilot;
}

async function choose(
  { folder, read, probes }: Selected,
  how: Selecting,
  pilot: RunFolder,
): Promise<Selection> {
  const { seed, dataset } = read.scenario;
  const { summaries } = (await readPilot(pilot)).dataset;
  if (summaries.length < 2)
    throw new CapabilityError(
      `${summaries.length} of the machines of the pilot were measured: fewer than two tell nothing about probes`,
      {
        remedy: `see why: stackbed inspect ${pilot.path}; then go on with: stackbed run --resume ${folder.path}`,
      },
    );
  const matrix = buildMatrix(summaries, fields, dataset);
  const kept = informativeProbes(matrix, { ...how, probes: probes.length, seed });
  const numbers = kept.map(({ probe }) => probe);
  const reduced = buildMatrix(
    summaries.map((summary) => summaryOfProbes(summary, numbers)),
    fields,
    dataset,
  );
  const frames = framesOf(
    numbers.map((probe) => probes[probe]!),
    read.scenario.probes,
  );
  return {
    schema: 'stackbed.selection/1',
    generated: probes.length,
    pilot: summaries.map(({ machine }) => machine),
    pairs: {
      of: (summaries.length * (summaries.length - 1)) / 2,
      all: countPairs(allPairsApart(matrix)),
      kept: countPairs(allPairsApart(reduced)),
    },
    kept,
    probes_sha256: probesDigest(frames),
  };
}

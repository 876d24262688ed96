import { buildMatrix } from '../../dataset/matrix.js';
import { type LearnerName, learners } from '../../learn/index.js';
import { type BlindChoice, blindChoices, blindPairs, selectionLoss } from '../../learn/selection-loss.js';
import { fields } from '../../probe/fields.js';
import type { ExperimentResult } from '../../report/result.js';
import type { AccuracyLoss, SelectionResult } from '../../report/selection-result.js';
import { behaviourClasses } from '../behaviour-classes.js';
import type { ReadOptions } from '../dataset.js';
import { accuracyCases } from '../experiments.js';
import type { ScenarioLearner } from '../learner-schema.js';
import type { MeasuredCondition } from '../measured-conditions.js';
import { isNmapLearner } from '../nmap-learner.js';
import type { RunFolder } from '../run-folder.js';
import type { Scenario } from '../schema.js';
import { openPilot, readPilot } from './measured-pilot.js';
import { type Selecting, selecting } from './schema.js';
import { readSelection, type Selection } from './selection.js';

interface Case {
  readonly hierarchy: ExperimentResult['hierarchy'];
  readonly level: number;
  readonly learner: LearnerName;
}

/** npm's learners may refuse what many probes show; nmap's look at none. */
const isTrained = (learner: ScenarioLearner): learner is LearnerName =>
  !learner.startsWith('mljs-') && !isNmapLearner(learner);

/** Where a scenario has no accuracy experiments. */
const usual: readonly Case[] = (['kernel', 'distribution'] as const).flatMap((hierarchy) =>
  [0, 1, 2].map((level): Case => ({ hierarchy, level, learner: 'c45' })),
);

/** What a loss is measured for: labels and learners of the scenario's accuracy experiments, whatever their splits. */
function casesOf(scenario: Scenario): readonly Case[] {
  const byName = new Map(
    accuracyCases(scenario).flatMap(({ hierarchy, level, learner }) =>
      isTrained(learner)
        ? [[`${hierarchy} ${level} ${learner}`, { hierarchy, level, learner }] as const]
        : [],
    ),
  );
  return byName.size > 0 ? [...byName.values()] : usual;
}

/** How many losses of accuracy a run is asked for: none where it has no pilot. */
export function countLosses(folder: RunFolder, scenario: Scenario): number {
  return selecting(scenario.probes) && openPilot(folder) ? casesOf(scenario).length : 0;
}

/**
 * How a run's probes were selected and what that costs on its pilot; undefined where a run sends all probes. Probes are
 * selected anew without each machine that is asked about, or the selection would have seen it.
 */
export async function selectionOf(
  folder: RunFolder,
  scenario: Scenario,
  onProgress: (done: number) => void = () => {},
  options: ReadOptions = {},
): Promise<SelectionResult | undefined> {
  const how = selecting(scenario.probes);
  const selection = how && (await readSelection(folder));
  if (!selection) return undefined;
  const { generated, kept } = selection;
  const because = (reason: (typeof kept)[number]['why']) => kept.filter(({ why }) => why === reason).length;
  const found = {
    generated,
    kept: { split: because('split'), gain: because('gain'), random: because('random') },
    pairs: selection.pairs,
  };
  const pilot = openPilot(folder);
  if (!pilot) return found;
  const measured = await readPilot(pilot, options);
  // Something of the pilot was taken away since: what is left says nothing about the selection.
  if (measured.dataset.summaries.length !== selection.pilot.length) return found;
  const { collectedS } = await pilot.readManifest();
  const sent = measured.records.reduce((sum, { packets_sent }) => sum + packets_sent, 0);
  return {
    ...found,
    pilot: { machines: selection.pilot.length, packets_sent: sent, wall_s: collectedS },
    loss: await lossOf(scenario, { how, selection, measured }, onProgress, options.signal),
  };
}

interface Piloted {
  readonly how: Selecting;
  readonly selection: Selection;
  readonly measured: MeasuredCondition;
}

async function lossOf(
  scenario: Scenario,
  { how, selection, measured }: Piloted,
  onProgress: (done: number) => void,
  signal: AbortSignal | undefined,
): Promise<NonNullable<SelectionResult['loss']>> {
  const { seed, dataset } = scenario;
  const { summaries } = measured.dataset;
  const whole = buildMatrix(summaries, fields, dataset);
  const options = { ...how, ...dataset, probes: selection.generated, seed };
  const choices: BlindChoice[] = [];
  for (const choice of blindChoices(whole, summaries, fields, options)) {
    choices.push(choice);
    await pause(signal);
  }
  const labels = labelling(measured, dataset.partial);
  const accuracy: AccuracyLoss[] = [];
  for (const [index, { hierarchy, level, learner }] of casesOf(scenario).entries()) {
    await pause(signal);
    const own = labels(hierarchy, level);
    const loss = own && selectionLoss(whole, choices, own, learners[learner], `${seed}/selection loss`);
    if (loss) accuracy.push({ hierarchy, level, learner, ...loss });
    onProgress(index + 1);
  }
  return { folds: choices.length, pairs: blindPairs(whole, choices), accuracy };
}

/** Learning is synchronous: lets the terminal and Ctrl-C have their turn. */
async function pause(signal: AbortSignal | undefined): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
  signal?.throwIfAborted();
}

/** Labels by machine; none of behaviour where there is nothing to compare. */
function labelling({ records, dataset }: MeasuredCondition, partial: Scenario['dataset']['partial']) {
  const recordOf = new Map(records.map((record) => [record.id, record]));
  const machines = dataset.summaries.map(({ machine }) => recordOf.get(machine)!);
  const classes = behaviourClasses(dataset.summaries, fields.length, partial);
  const shown = machines.flatMap(({ id }) => classes.get(id) ?? []);
  return (hierarchy: Case['hierarchy'], level: number) => {
    if (hierarchy !== 'behaviour') return machines.map(({ labels }) => labels[hierarchy][level]!);
    return shown.length === machines.length ? shown : undefined;
  };
}

import { buildMatrix } from '../dataset/matrix.js';
import type { MachineSummary } from '../dataset/summary.js';
import { fieldGains, learners, runAccuracy } from '../learn/index.js';
import { fields } from '../probe/fields.js';
import type { ExperimentResult, InformationGain } from '../report/result.js';
import type { MachineRecord } from './run-folder.js';
import type { Scenario } from './schema.js';

type Hierarchy = ExperimentResult['hierarchy'];

export interface ExperimentOutcome {
  readonly experiments: ExperimentResult[];
  readonly informationGain: InformationGain[];
}

/** What there is to learn from. */
export interface Measured {
  readonly records: readonly MachineRecord[];
  readonly summaries: readonly MachineSummary[];
  /** Behaviour class by machine; null when there is nothing to compare. */
  readonly classes: ReadonlyMap<string, string | null>;
}

/**
 * One accuracy figure for each hierarchy, level, field set and learner that an experiment names; behaviour has
 * level 0 alone, whatever levels are named.
 */
function cases(scenario: Scenario) {
  const accuracy = scenario.experiments.filter((experiment) => experiment.kind === 'accuracy');
  return accuracy.flatMap((experiment) =>
    experiment.hierarchy.flatMap((hierarchy) =>
      (hierarchy === 'behaviour' ? [0] : experiment.level).flatMap((level) =>
        experiment.fields.flatMap((fieldSet) =>
          experiment.learner.map((learner) => ({ experiment, hierarchy, level, fieldSet, learner })),
        ),
      ),
    ),
  );
}

/** How many figures the accuracy experiments of a scenario give. */
export function countExperiments(scenario: Scenario): number {
  return cases(scenario).length;
}

/**
 * Runs a scenario's experiments on summarised responses. With fewer than two machines there is nothing to
 * learn from, and the answer is empty.
 */
export async function runExperiments(
  scenario: Scenario,
  { records, summaries, classes }: Measured,
  onProgress: (done: number, total: number) => void = () => {},
  signal?: AbortSignal,
): Promise<ExperimentOutcome> {
  const comparable = [...classes.values()].some((name) => name !== null);
  const wanted = cases(scenario).filter(({ hierarchy }) => hierarchy !== 'behaviour' || comparable);
  if (summaries.length < 2 || wanted.length === 0) return { experiments: [], informationGain: [] };
  const matrix = buildMatrix(summaries, fields, { partial: scenario.dataset.partial });
  const recordOf = new Map(records.map((record) => [record.id, record]));
  const labels = (hierarchy: Hierarchy, level: number) =>
    matrix.rows.map((machine) =>
      hierarchy === 'behaviour' ? classes.get(machine)! : recordOf.get(machine)!.labels[hierarchy][level]!,
    );
  const experiments: ExperimentResult[] = [];
  for (const { experiment, hierarchy, level, fieldSet, learner } of wanted) {
    signal?.throwIfAborted();
    const { folds, repeats } = experiment;
    const request = { hierarchy, level, learner: learners[learner], fields: fieldSet, folds, repeats };
    experiments.push(runAccuracy(matrix, labels(hierarchy, level), { ...request, seed: scenario.seed }));
    onProgress(experiments.length, wanted.length);
    // Learning is synchronous: let the terminal and Ctrl-C have their turn.
    await new Promise((resolve) => setImmediate(resolve));
  }
  const levels = new Map(
    wanted.map(({ hierarchy, level }) => [`${hierarchy} ${level}`, { hierarchy, level }]),
  );
  const informationGain = [...levels.values()].map(({ hierarchy, level }) => {
    const { entropy, fields: gains } = fieldGains(matrix, labels(hierarchy, level));
    return { hierarchy, level, entropy, fields: [...gains] };
  });
  return { experiments, informationGain };
}

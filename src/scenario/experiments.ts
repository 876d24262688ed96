import { buildMatrix } from '../dataset/matrix.js';
import type { MachineSummary } from '../dataset/summary.js';
import { type AccuracyOutcome, compareLearners, runAccuracy } from '../learn/index.js';
import type { MatchPoints } from '../nmap/database.js';
import { fields } from '../probe/fields.js';
import type { Comparison, ExperimentResult, InformationGain } from '../report/result.js';
import { informationGain } from './information-gain.js';
import { seenBy, seenOf } from './learner-of.js';
import type { MachineRecord } from './run-folder.js';
import type { Scenario } from './schema.js';
import { splitOf } from './splits.js';

type Hierarchy = ExperimentResult['hierarchy'];

export interface ExperimentOutcome {
  readonly experiments: ExperimentResult[];
  readonly comparisons: Comparison[];
  readonly informationGain: InformationGain[];
}

/** What there is to learn from. */
export interface Measured {
  readonly records: readonly MachineRecord[];
  readonly summaries: readonly MachineSummary[];
  /** Behaviour class by machine; null when there is nothing to compare. */
  readonly classes: ReadonlyMap<string, string | null>;
  /** What nmap's tests count for its learners; default: all alike. */
  readonly points?: MatchPoints | undefined;
  /** Fields that something other than the image moved, which `vetted` leaves out. */
  readonly prone?: ReadonlySet<string> | undefined;
}

/**
 * One accuracy figure for each hierarchy, level, field set, split and learner that an experiment names; behaviour
 * has level 0 alone, whatever levels are named.
 */
export function accuracyCases(scenario: Scenario) {
  const accuracy = scenario.experiments.filter((experiment) => experiment.kind === 'accuracy');
  return accuracy.flatMap((experiment) =>
    experiment.hierarchy.flatMap((hierarchy) =>
      (hierarchy === 'behaviour' ? [0] : experiment.level).flatMap((level) =>
        seenBy(experiment).flatMap(({ fieldSet, learners }) =>
          experiment.split.flatMap((split) =>
            learners.map((learner) => ({ experiment, hierarchy, level, fieldSet, split, learner })),
          ),
        ),
      ),
    ),
  );
}

/** How many figures the accuracy experiments of a scenario give. */
export function countExperiments(scenario: Scenario): number {
  return accuracyCases(scenario).length;
}

/**
 * Runs a scenario's experiments on summarised responses. With fewer than two machines there is nothing to
 * learn from, and the answer is empty.
 */
export async function runExperiments(
  scenario: Scenario,
  { records, summaries, classes, points, prone }: Measured,
  onProgress: (done: number, total: number) => void = () => {},
  signal?: AbortSignal,
): Promise<ExperimentOutcome> {
  const comparable = [...classes.values()].some((name) => name !== null);
  const recordOf = new Map(records.map((record) => [record.id, record]));
  const machines = summaries.map(({ machine }) => recordOf.get(machine)!);
  const wanted = accuracyCases(scenario).flatMap((one) => {
    const split = splitOf(one.split, machines);
    return split && (one.hierarchy !== 'behaviour' || comparable) ? [{ ...one, split }] : [];
  });
  if (summaries.length < 2 || wanted.length === 0)
    return { experiments: [], comparisons: [], informationGain: [] };
  const raw = buildMatrix(summaries, fields, { partial: scenario.dataset.partial });
  const seen = seenOf(raw, machines, points, prone);
  const labels = (hierarchy: Hierarchy, level: number) =>
    machines.map((record) =>
      hierarchy === 'behaviour' ? classes.get(record.id)! : record.labels[hierarchy][level]!,
    );
  const coarser = (hierarchy: Hierarchy, level: number) =>
    [0, 1]
      .filter((other) => other < level)
      .map((other) => {
        const coarse = labels(hierarchy, other);
        return {
          level: other,
          of: new Map(labels(hierarchy, level).map((label, row) => [label, coarse[row]!])),
        };
      });
  const outcomes: AccuracyOutcome[] = [];
  for (const { experiment, hierarchy, level, fieldSet, split, learner } of wanted) {
    signal?.throwIfAborted();
    const { folds, repeats } = experiment;
    const request = {
      hierarchy,
      level,
      learner: seen.learner(learner),
      fields: fieldSet,
      folds,
      repeats,
      split,
    };
    const more = { coarser: coarser(hierarchy, level), seed: scenario.seed };
    outcomes.push(runAccuracy(seen.matrix(fieldSet), labels(hierarchy, level), { ...request, ...more }));
    onProgress(outcomes.length, wanted.length);
    // Learning is synchronous: let the terminal and Ctrl-C have their turn.
    await new Promise((resolve) => setImmediate(resolve));
  }
  const experiments = outcomes.map(({ figures }) => figures);
  const levels = new Map(
    wanted.map(({ hierarchy, level }) => [`${hierarchy} ${level}`, { hierarchy, level }]),
  );
  const gains = [...levels.values()].map(({ hierarchy, level }) => ({
    ...{ hierarchy, level },
    ...informationGain(raw, labels(hierarchy, level)),
  }));
  return { experiments, comparisons: compareAll(outcomes, scenario.seed), informationGain: gains };
}

/** Learners two by two, where they had the same machines, labels, fields and folds; nmap's with those of all fields. */
function compareAll(outcomes: readonly AccuracyOutcome[], seed: number): Comparison[] {
  const keyOf = ({ hierarchy, level, split, folds, repeats }: AccuracyOutcome['figures'], fieldSet: string) =>
    JSON.stringify([hierarchy, level, fieldSet, split, folds, repeats]);
  const rounds = new Map<string, AccuracyOutcome[]>();
  for (const outcome of outcomes) {
    const key = keyOf(outcome.figures, outcome.figures.fields);
    rounds.set(key, [...(rounds.get(key) ?? []), outcome]);
  }
  return [...rounds.values()].flatMap((own) => {
    const { figures } = own[0]!;
    const { hierarchy, level, fields: fieldSet, split } = figures;
    const nmap = fieldSet === 'nmap' ? [] : (rounds.get(keyOf(figures, 'nmap')) ?? []);
    const contestants = [...own, ...nmap].map(({ figures, right }) => ({ learner: figures.learner, right }));
    const pairs = compareLearners(contestants, `${seed}/${hierarchy}/${level}/${fieldSet}/${split}`);
    return pairs.map((pair) => ({ hierarchy, level, fields: fieldSet, split, ...pair }));
  });
}

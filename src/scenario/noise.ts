import { buildMatrix } from '../dataset/matrix.js';
import { compareTrainings, type NoisyRow } from '../learn/noise.js';
import type { MatchPoints } from '../nmap/database.js';
import { fields } from '../probe/fields.js';
import type { NoiseResult } from '../report/condition-result.js';
import { seenBy, seenOf } from './learner-of.js';
import { type MeasuredCondition, trialOf, trialSummaries } from './measured-conditions.js';
import type { NoiseExperiment } from './noise-schema.js';
import type { Scenario } from './schema.js';

/** One comparison of trainings for each hierarchy, level and learner that an experiment names. */
function cases({ experiments }: Scenario) {
  const noise = experiments.filter((one): one is NoiseExperiment => one.kind === 'noise');
  return noise.flatMap((experiment) =>
    experiment.hierarchy.flatMap((hierarchy) =>
      experiment.level.flatMap((level) =>
        seenBy(experiment).flatMap(({ fieldSet, learners }) =>
          learners.map((learner) => ({ experiment, hierarchy, level, fieldSet, learner })),
        ),
      ),
    ),
  );
}

/** How many comparisons the noise experiments of a scenario ask for. */
export function countNoise(scenario: Scenario): number {
  return cases(scenario).length;
}

/**
 * Runs a scenario's noise experiments. A probe of which a machine answered only some copies under a condition is
 * unknown in that row alone, whatever `dataset.partial` says: what is lost under one condition leaves the others as
 * they were. Empty where fewer than two machines were measured under the clean condition.
 */
export async function runNoise(
  scenario: Scenario,
  measured: readonly MeasuredCondition[],
  points: MatchPoints | undefined,
  onProgress: (done: number) => void = () => {},
  signal?: AbortSignal,
): Promise<NoiseResult[]> {
  const wanted = cases(scenario);
  if (wanted.length === 0) return [];
  const summaries = trialSummaries(measured);
  if (summaries.length < 2) return [];
  const records = measured.flatMap((one) => one.records);
  const labelsOf = new Map(records.map(({ id, labels }) => [id, labels]));
  const tested = measured.flatMap(({ condition, dataset }) =>
    dataset.summaries.map(({ machine }) => ({ machine, condition: condition.name })),
  );
  const nmapOf = new Map(records.map((record) => [trialOf(record), record.nmap]));
  const scanned = summaries.map(({ machine: id }) => ({ id, nmap: nmapOf.get(id) }));
  const seen = seenOf(buildMatrix(summaries, fields, { partial: 'missing' }), scanned, points);
  const results: NoiseResult[] = [];
  for (const [index, { experiment, hierarchy, level, fieldSet, learner }] of wanted.entries()) {
    signal?.throwIfAborted();
    const { folds, repeats, train, clean = measured[0]!.condition.name } = experiment;
    const matrix = seen.matrix(fieldSet);
    const rows = tested.map(
      (row): NoisyRow => ({ ...row, label: labelsOf.get(row.machine)![hierarchy][level]! }),
    );
    const seed = `${scenario.seed}/noise/${hierarchy}/${level}`;
    if (rows.filter(({ condition }) => condition === clean).length >= 2)
      for (const figures of compareTrainings(matrix, rows, {
        ...{ learner: seen.learner(learner), clean, folds, repeats, seed, train },
      }))
        results.push({
          ...{ kind: 'noise', hierarchy, level, learner, fields: fieldSet, clean, repeats },
          trained: figures.trained,
          folds: figures.folds,
          classes: figures.classes,
          columns: matrix.totals.informative,
          partitions: matrix.columns,
          conditions: figures.conditions.map((one) => ({
            condition: one.condition,
            machines: one.machines,
            accuracy: one.accuracy,
            ci95: [...one.ci95],
            balanced_accuracy: one.balancedAccuracy,
            majority: one.majority,
            confidence: one.confidence,
          })),
        });
    onProgress(index + 1);
    // Learning is synchronous: let the terminal and Ctrl-C have their turn.
    await new Promise((resolve) => setImmediate(resolve));
  }
  return results;
}

import { buildMatrix } from '../dataset/matrix.js';
import { InputError } from '../errors.js';
import { drawPopulations, type Population, trainingBias } from '../learn/training-bias.js';
import { fields } from '../probe/fields.js';
import type { BiasResult } from '../report/bias-result.js';
import type { BiasExperiment } from './bias-schema.js';
import type { Measured } from './experiments.js';
import { seenBy, seenOf } from './learner-of.js';
import type { Scenario } from './schema.js';

function experimentsOf({ experiments }: Pick<Scenario, 'experiments'>): BiasExperiment[] {
  return experiments.filter((one): one is BiasExperiment => one.kind === 'training-bias');
}

const learnersOf = (experiment: BiasExperiment) =>
  seenBy(experiment).flatMap(({ fieldSet, learners }) => learners.map((learner) => ({ fieldSet, learner })));

/** How many figures the experiments on training bias give. */
export function countBias(scenario: Scenario): number {
  return experimentsOf(scenario).reduce((sum, one) => sum + one.share.length * learnersOf(one).length, 0);
}

/** The two classes of an experiment. Throws InputError where the run has not these, or not just two. */
function classesOf({ classes, hierarchy, level }: BiasExperiment, labels: readonly string[]) {
  const known = [...new Set(labels)].sort();
  const where = `at level ${level} of the ${hierarchy} hierarchy the machines are of ${known.join(', ') || 'no class'}`;
  const unknown = classes?.find((name) => !known.includes(name));
  if (unknown !== undefined)
    throw new InputError(`the experiment training-bias names the class "${unknown}"; ${where}`, {
      remedy: 'name two of them under `classes`',
    });
  if (classes) return classes;
  if (known.length !== 2)
    throw new InputError(`the experiment training-bias compares two classes; ${where}`, {
      remedy: 'name two of them under `classes`',
    });
  return known as [string, string];
}

/**
 * Runs a scenario's experiments on training bias. A share that too few machines were measured for gives no figures.
 * Throws InputError where the classes are not those of the machines.
 */
export async function runBias(
  scenario: Scenario,
  { records, summaries, points }: Omit<Measured, 'classes'>,
  onProgress: (done: number) => void = () => {},
  signal?: AbortSignal,
): Promise<BiasResult[]> {
  const wanted = experimentsOf(scenario);
  if (wanted.length === 0 || summaries.length < 2) return [];
  const recordOf = new Map(records.map((record) => [record.id, record]));
  const machines = summaries.map(({ machine }) => recordOf.get(machine)!);
  const raw = buildMatrix(summaries, fields, { partial: scenario.dataset.partial });
  const seen = seenOf(raw, machines, points);
  const results: BiasResult[] = [];
  let done = 0;
  for (const experiment of wanted) {
    const { draws, folds, hierarchy, level, machines: most } = experiment;
    const classes = classesOf(
      experiment,
      records.map((record) => record.labels[hierarchy][level]!),
    );
    const labels = machines.map((record) => record.labels[hierarchy][level]!);
    for (const share of experiment.share)
      for (const { fieldSet, learner } of learnersOf(experiment)) {
        signal?.throwIfAborted();
        const seed = `${scenario.seed}/training-bias/${hierarchy}/${level}`;
        const request = { classes, share, machines: most, draws, seed };
        const populations = drawPopulations(seen.matrix(fieldSet), labels, request);
        if (populations.length > 0) {
          // nmap's learners go by the machine of a row.
          const learnerOf = ({ matrix, rows }: Population) => {
            const own = rows.map((row) => machines[row]!);
            return seenOf(matrix, own, points).learner(learner);
          };
          const found = trainingBias(populations, learnerOf, { classes, folds, seed });
          results.push({
            ...{ hierarchy, level, learner, fields: fieldSet, share, draws, folds },
            classes: [...classes],
            counts: [...found.counts],
            accuracy: found.accuracy,
            ci95: [...found.ci95],
            range95: [...found.range95],
            balanced_accuracy: found.balancedAccuracy,
            majority: found.majority,
            confidence: found.confidence,
            confidence_wrong: found.confidenceWrong,
            per_class: [...found.perClass],
          });
        }
        onProgress(++done);
        // Learning is synchronous: let the terminal and Ctrl-C have their turn.
        await new Promise((resolve) => setImmediate(resolve));
      }
  }
  return results;
}

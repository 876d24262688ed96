import type { Matrix } from '../dataset/matrix.js';
import { randomStream } from '../random.js';
import { ConfusionCounts } from './confusion.js';
import { crossValidate } from './evaluate.js';
import type { Learner } from './learner.js';
import { balancedAccuracy, mean, wilsonInterval } from './metrics.js';
import { type ClassScores, classScores } from './scores.js';

/** Machines of two classes, drawn from a pool that has more of them. */
export interface PopulationRequest {
  readonly classes: readonly [string, string];
  /** Of the first class, more than 0 and less than 1. */
  readonly share: number;
  /** As many as the pool bears at that share, and no more than these. */
  readonly machines: number;
  /** Populations drawn, 1 or more. */
  readonly draws: number;
  readonly seed: number | string;
}

export interface Population {
  /** Of the matrix that it was drawn from. */
  readonly rows: readonly number[];
  readonly matrix: Matrix;
  readonly labels: readonly string[];
}

export interface BiasFigures {
  /** Of each class, in one population. */
  readonly counts: readonly [number, number];
  /** Mean over the populations, 0..1. */
  readonly accuracy: number;
  /** Wilson interval by machine of one population: further draws do not narrow it. */
  readonly ci95: readonly [number, number];
  /** Within which the accuracies of 95 % of the populations lie. */
  readonly range95: readonly [number, number];
  /** Mean recall of the two classes. */
  readonly balancedAccuracy: number;
  /** Accuracy of always answering the class that is more frequent in training. */
  readonly majority: number;
  /** Mean confidence in the right answers (paper section 4.3.1), and in the wrong ones; null when there were none. */
  readonly confidence: number | null;
  readonly confidenceWrong: number | null;
  readonly perClass: readonly ClassScores[];
}

/** Machines of each class in a population; undefined when the pool cannot give one of both. */
export function populationSize(
  [first, second]: readonly [number, number],
  { machines, share }: Pick<PopulationRequest, 'machines' | 'share'>,
): [number, number] | undefined {
  // Shares are decimal fractions, which quotients of doubles may miss by a little.
  const bears = (pool: number, part: number) => Math.floor(pool / part + 1e-9);
  const total = Math.min(machines, bears(first, share), bears(second, 1 - share));
  const own = Math.round(share * total);
  return own >= 1 && total - own >= 1 ? [own, total - own] : undefined;
}

/**
 * Draws populations without replacement. A draw's machines at one share are among those at a greater one, for the class
 * that grows: shares differ in the mix and in as little else as they can. Empty when the pool has too few.
 */
export function drawPopulations(
  matrix: Matrix,
  labels: readonly string[],
  request: PopulationRequest,
): Population[] {
  const pools = request.classes.map((name) =>
    Int32Array.from([...labels.keys()].filter((row) => labels[row] === name)),
  ) as [Int32Array, Int32Array];
  const counts = populationSize([pools[0].length, pools[1].length], request);
  if (!counts) return [];
  return Array.from({ length: request.draws }, (_, draw) => {
    const rows = pools.flatMap((pool, place) => [
      ...randomStream(request.seed, `draw/${draw}/${place}`).shuffle(pool.slice()).slice(0, counts[place]),
    ]);
    return { rows, matrix: matrix.select({ rows }), labels: rows.map((row) => labels[row]!) };
  });
}

/**
 * Cross-validates a learner within each population, so that it is tested on the mix that it was trained on (paper
 * section 4.3.1).
 * @param populations one or more, as {@link drawPopulations} gives them
 * @param learnerOf the learner, for the rows of a population
 */
export function trainingBias(
  populations: readonly Population[],
  learnerOf: (population: Population) => Learner,
  { classes, folds, seed }: { classes: readonly [string, string]; folds: number; seed: number | string },
): BiasFigures {
  const draws = populations.map((own, draw) => {
    const options = { folds, repeats: 1, seed: `${seed}/${draw}` };
    return crossValidate(own.matrix, own.labels, learnerOf(own), options);
  });
  const counted = new ConfusionCounts(classes);
  const right: number[] = [];
  const wrong: number[] = [];
  for (const { predictions } of draws)
    for (const { label, predicted, confidence } of predictions) {
      counted.add(label, predicted[0]!);
      (predicted[0] === label ? right : wrong).push(confidence[0]!);
    }
  const { labels } = populations[0]!;
  const first = labels.filter((label) => label === classes[0]).length;
  const accuracies = draws.map(({ accuracy }) => accuracy).sort((one, other) => one - other);
  const accuracy = right.length / (right.length + wrong.length);
  return {
    counts: [first, labels.length - first],
    accuracy,
    ci95: wilsonInterval(accuracy, labels.length),
    range95: [quantile(accuracies, 0.025), quantile(accuracies, 0.975)],
    balancedAccuracy: balancedAccuracy(counted.counts),
    majority: mean(draws.map(({ majority }) => majority))!,
    confidence: mean(right),
    confidenceWrong: mean(wrong),
    perClass: classScores(classes, counted.counts, draws.length),
  };
}

/** Of ascending values, interpolated between neighbours. */
function quantile(sorted: readonly number[], share: number): number {
  const place = share * (sorted.length - 1);
  const low = Math.floor(place);
  const high = Math.ceil(place);
  return sorted[low]! + (sorted[high]! - sorted[low]!) * (place - low);
}

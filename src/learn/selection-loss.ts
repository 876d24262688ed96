import { buildMatrix, type Matrix, type MatrixOptions } from '../dataset/matrix.js';
import type { FieldSpec, MachineSummary } from '../dataset/summary.js';
import { randomStream } from '../random.js';
import { splitFold } from './folds.js';
import { type InformativeOptions, informativeProbes } from './informative-probes.js';
import { type Learner, labelsOf } from './learner.js';
import { pairedInterval } from './paired-interval.js';
import { allPairsApart, isApart } from './pairs-apart.js';

/** Up to so many machines each is left out by itself; of more, as many groups are. */
const mostFolds = 32;

/** Machines that are left out, and the probes that are chosen without them. */
export interface BlindChoice {
  readonly train: Int32Array;
  readonly test: Int32Array;
  /** Of all machines: what the chosen probes show. */
  readonly matrix: Matrix;
}

export interface BlindOptions extends InformativeOptions {
  readonly partial: NonNullable<MatrixOptions['partial']>;
}

/**
 * Leaves each of the machines of `whole` out, by itself or in one of 32 groups, and chooses probes from what the
 * others answered, and from nothing else.
 * @param summaries of the rows of `whole`, two or more
 */
export function* blindChoices(
  whole: Matrix,
  summaries: readonly MachineSummary[],
  fields: readonly FieldSpec[],
  { partial, ...options }: BlindOptions,
): Generator<BlindChoice> {
  const folds = Math.min(summaries.length, mostFolds);
  const assigned = new Int32Array(summaries.length);
  const order = randomStream(options.seed, 'blind choices').shuffle([...assigned.keys()]);
  for (const [turn, row] of order.entries()) assigned[row] = turn % folds;
  for (let fold = 0; fold < folds; fold++) {
    const { train, test } = splitFold(assigned, fold);
    const others = Array.from(train, (row) => summaries[row]!);
    // A probe may be dropped for the sake of a machine that is left out: the others do not know that.
    const seen =
      whole.totals.droppedProbes > 0
        ? buildMatrix(others, fields, { partial })
        : whole.select({ rows: train });
    const probes = new Set(informativeProbes(seen, options).map(({ probe }) => probe));
    yield { train, test, matrix: whole.select({ probes }) };
  }
}

export interface PairCounts {
  of: number;
  /** Told apart by all probes, and by those chosen. */
  all: number;
  kept: number;
}

/** Pairs of a machine that was left out and one that was not, over all choices. */
export function blindPairs(whole: Matrix, choices: readonly BlindChoice[]): PairCounts {
  const counts = { of: 0, all: 0, kept: 0 };
  const byAll = allPairsApart(whole);
  for (const { train, test, matrix } of choices) {
    const byKept = allPairsApart(matrix);
    for (const row of test)
      for (const other of train) {
        counts.of++;
        if (isApart(byAll, row, other)) counts.all++;
        if (isApart(byKept, row, other)) counts.kept++;
      }
  }
  return counts;
}

/** What a learner loses where it has the chosen probes alone, in the shape in which results record it. */
export interface SelectionLoss {
  /** Machines that could be answered right: of a class of which others were left in. */
  machines: number;
  /** Machines that could not. */
  alone: number;
  classes: number;
  /** Accuracy by all probes, by the chosen ones, and the first less the second with its 95 % interval. */
  all: number;
  kept: number;
  lost: number;
  ci95: [number, number];
  /** Machines that all probes alone had right, and the chosen ones alone. */
  only_all: number;
  only_kept: number;
}

/**
 * The machines of each choice answered by models of the others, once by all probes and once by those chosen without
 * them. Undefined with one class alone, and where no machine could be answered right.
 * @param labels by row of `whole`
 */
export function selectionLoss(
  whole: Matrix,
  choices: readonly BlindChoice[],
  labels: readonly string[],
  learner: Learner,
  seed: number | string,
): SelectionLoss | undefined {
  const coded = labelsOf(labels);
  if (coded.classes.length < 2) return undefined;
  const counts = { both: 0, onlyFirst: 0, onlySecond: 0, neither: 0 };
  let alone = 0;
  const classes = new Set<string>();
  for (const [fold, { train, test, matrix }] of choices.entries()) {
    const known = new Set(Array.from(train, (row) => labels[row]!));
    const answerable = test.filter((row) => known.has(labels[row]!));
    alone += test.length - answerable.length;
    if (answerable.length === 0) continue;
    const [byAll, byKept] = [whole, matrix].map((given) => {
      const random = randomStream(seed, `fit/${learner.name}/${fold}`);
      const model = learner.fit(given, train, coded, random);
      return Array.from(answerable, (row) => model.classify(given, row).label === labels[row]);
    });
    for (const [place, row] of answerable.entries()) {
      classes.add(labels[row]!);
      const [first, second] = [byAll![place]!, byKept![place]!];
      counts[first ? (second ? 'both' : 'onlyFirst') : second ? 'onlySecond' : 'neither']++;
    }
  }
  const { both, onlyFirst, onlySecond } = counts;
  const machines = labels.length - alone;
  if (machines === 0) return undefined;
  return {
    ...{ machines, alone, classes: classes.size },
    ...{ all: (both + onlyFirst) / machines, kept: (both + onlySecond) / machines },
    ...{ lost: (onlyFirst - onlySecond) / machines, ci95: pairedInterval(counts) },
    ...{ only_all: onlyFirst, only_kept: onlySecond },
  };
}

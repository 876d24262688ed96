import type { Matrix } from '../dataset/matrix.js';
import { crossValidate, type MachinePrediction, type Split } from './evaluate.js';
import type { ImportantColumn } from './insight-means.js';
import type { Learner } from './learner.js';
import { wilsonInterval } from './metrics.js';
import type { AbstentionPoint, ClassScores, ReliabilityBin } from './scores.js';

export interface AccuracyRequest {
  readonly hierarchy: 'kernel' | 'distribution' | 'behaviour';
  /** 0 (coarse), 1 or 2 (fine). */
  readonly level: number;
  readonly learner: Learner;
  /** Name of the field set that `matrix` was built from, e.g. `raw`. */
  readonly fields: string;
  readonly folds: number;
  readonly repeats: number;
  readonly seed: number | string;
  /** Default: stratified. */
  readonly split?: Split & { readonly name: string };
  /** By coarser level: the label that each label of this level belongs to. */
  readonly coarser?: readonly { readonly level: number; readonly of: ReadonlyMap<string, string> }[];
}

/** The figures of one accuracy experiment, in the shape in which results record them. */
export interface AccuracyExperiment {
  kind: 'accuracy';
  hierarchy: 'kernel' | 'distribution' | 'behaviour';
  level: number;
  learner: string;
  fields: string;
  split: string;
  folds: number;
  repeats: number;
  machines: number;
  classes: number;
  columns: number;
  partitions: number;
  accuracy: number;
  ci95: [number, number];
  balanced_accuracy: number;
  majority: number;
  confidence: number | null;
  unseen: number;
  brier: number;
  coarser: { level: number; accuracy: number }[];
  per_class: ClassScores[];
  reliability: ReliabilityBin[];
  abstention: AbstentionPoint[];
  confusion: { labels: string[]; counts: number[][]; unresolved?: number[] };
  out_of_bag?: number;
  out_of_bag_ci95?: [number, number];
  important?: ImportantColumn[];
  chosen?: { setting: string; models: number }[];
}

export interface AccuracyOutcome {
  readonly figures: AccuracyExperiment;
  /** By machine: share of the repeats in which it was answered right. */
  readonly right: readonly number[];
}

/** Share of answers whose label belongs to what the true label belongs to. */
function shareOf(predictions: readonly MachinePrediction[], of: ReadonlyMap<string, string>): number {
  const right = predictions.flatMap(({ label, predicted }) =>
    predicted.map((answer) => (of.get(answer) === of.get(label) ? 1 : 0) as number),
  );
  return right.reduce((sum, one) => sum + one, 0) / right.length;
}

/**
 * Cross-validates and reports. The folds depend on seed, hierarchy, level and split alone, so that learners and field
 * sets are compared on the same ones.
 * @throws InputError as {@link crossValidate}.
 */
export function runAccuracy(
  matrix: Matrix,
  labels: readonly string[],
  request: AccuracyRequest,
): AccuracyOutcome {
  const { coarser = [], fields, folds, hierarchy, learner, level, repeats } = request;
  const split = request.split ?? ({ name: 'stratified', kind: 'stratified' } as const);
  const seed = `${request.seed}/accuracy/${hierarchy}/${level}`;
  const validated = crossValidate(matrix, labels, learner, { folds, repeats, seed, split });
  const { out_of_bag: outOfBag } = validated.insight;
  const figures: AccuracyExperiment = {
    kind: 'accuracy',
    hierarchy,
    level,
    learner: learner.name,
    fields,
    split: split.name,
    folds: validated.folds,
    repeats,
    machines: validated.machines,
    classes: validated.classes,
    columns: matrix.totals.informative,
    partitions: matrix.columns,
    accuracy: validated.accuracy,
    ci95: [...validated.ci95],
    balanced_accuracy: validated.balancedAccuracy,
    majority: validated.majority,
    confidence: validated.confidence,
    unseen: validated.unseen,
    brier: validated.brier,
    coarser: coarser.map(({ level: at, of }) => ({
      level: at,
      accuracy: shareOf(validated.predictions, of),
    })),
    per_class: [...validated.perClass],
    reliability: [...validated.reliability],
    abstention: [...validated.abstention],
    confusion: {
      labels: [...validated.confusion.labels],
      counts: validated.confusion.counts.map((row) => [...row]),
      ...(validated.confusion.unresolved && { unresolved: [...validated.confusion.unresolved] }),
    },
    ...validated.insight,
    ...(outOfBag !== undefined && { out_of_bag_ci95: wilsonInterval(outOfBag, validated.machines) }),
  };
  const right = validated.predictions.map(
    ({ label, predicted }) => predicted.filter((answer) => answer === label).length / repeats,
  );
  return { figures, right };
}

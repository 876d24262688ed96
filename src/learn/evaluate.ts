import type { Matrix } from '../dataset/matrix.js';
import { InputError } from '../errors.js';
import { randomStream } from '../random.js';
import { type Confusion, ConfusionCounts } from './confusion.js';
import { groupedFolds, splitFold, stratifiedFolds } from './folds.js';
import { InsightMeans, type MeanInsight } from './insight-means.js';
import { type Classification, type Labels, type Learner, labelsOf, type Model } from './learner.js';
import { majority } from './majority.js';
import { balancedAccuracy, mean, wilsonInterval } from './metrics.js';
import {
  type AbstentionPoint,
  abstention,
  brier,
  type ClassScores,
  classScores,
  type ReliabilityBin,
  reliability,
} from './scores.js';

export interface MachinePrediction {
  readonly machine: string;
  readonly label: string;
  /** By repeat. */
  readonly predicted: readonly string[];
  /** By repeat: the model's confidence in what it predicted, 0..1. */
  readonly confidence: readonly number[];
  /** By repeat: Brier's score of the distribution, 0 (best) to 2. */
  readonly brier: readonly number[];
}

export interface CrossValidation {
  readonly machines: number;
  readonly classes: number;
  /** Folds used: those asked for, or as many as there are machines if that is less. */
  readonly folds: number;
  readonly repeats: number;
  /** Mean over repeats, 0..1. */
  readonly accuracy: number;
  /** Wilson interval of the accuracy, by machine: repeats do not narrow it. */
  readonly ci95: readonly [number, number];
  /** Mean recall over the classes. */
  readonly balancedAccuracy: number;
  /** Accuracy, on the same folds, of always answering the most frequent class of the training folds. */
  readonly majority: number;
  /** Mean confidence over the correct predictions (paper section 4.3.1); null when none was correct. */
  readonly confidence: number | null;
  /** [true][predicted], summed over repeats. */
  readonly confusion: Confusion;
  readonly perClass: readonly ClassScores[];
  /** Mean Brier score of the distributions. */
  readonly brier: number;
  readonly reliability: readonly ReliabilityBin[];
  readonly abstention: readonly AbstentionPoint[];
  /** Share of the answers that could not be right: no training machine was of the class. */
  readonly unseen: number;
  readonly predictions: readonly MachinePrediction[];
  /** What the models of all folds and repeats knew of themselves. */
  readonly insight: MeanInsight;
}

/**
 * Which machines are tested together. `stratified` spreads each class over the folds; `grouped` keeps the machines
 * of a group in one fold; `leave-out` has a fold for each group, however many folds are asked for.
 */
export type Split =
  | { readonly kind: 'stratified' }
  | { readonly kind: 'grouped' | 'leave-out' /** By row. */; readonly groups: readonly string[] };

export interface CrossValidationOptions {
  /** 2 or more. */
  readonly folds: number;
  /** 1 or more; each repeat draws its own folds. */
  readonly repeats: number;
  readonly seed: number | string;
  /** Default: stratified. */
  readonly split?: Split;
}

/**
 * Cross-validation of `learner` on all rows of `matrix`.
 * @throws InputError when folds, repeats or the number of labels make no sense, with fewer than two machines, or with
 *   fewer than two groups to keep apart.
 */
export function crossValidate(
  matrix: Matrix,
  labels: readonly string[],
  learner: Learner,
  options: CrossValidationOptions,
): CrossValidation {
  check(matrix, labels, options);
  const coded = labelsOf(labels);
  const machines = labels.length;
  const { assign, folds, groups } = folding(coded, options);
  const insights = new InsightMeans();
  const predictions = matrix.rows.map((machine, row) => ({
    machine,
    label: labels[row]!,
    predicted: [] as string[],
    confidence: [] as number[],
    brier: [] as number[],
  }));
  let baseline = 0;
  let unseen = 0;
  for (let repeat = 0; repeat < options.repeats; repeat++) {
    const assigned = assign(repeat);
    unseen += unseenIn(coded, assigned);
    for (const answer of classifyFolds(matrix, coded, majority, assigned, options.seed)) {
      if (answer.label === labels[answer.row]) baseline++;
    }
    const seed = `${options.seed}/${repeat}`;
    const onModel = (model: Model) => insights.add(model.insight?.());
    for (const answer of classifyFolds(matrix, coded, learner, assigned, seed, { groups, onModel })) {
      predictions[answer.row]!.predicted.push(answer.label);
      predictions[answer.row]!.confidence.push(answer.confidence);
      predictions[answer.row]!.brier.push(brier(answer.distribution, coded.codes[answer.row]!));
    }
  }
  return {
    machines,
    classes: coded.classes.length,
    folds,
    repeats: options.repeats,
    majority: baseline / (machines * options.repeats),
    unseen: unseen / (machines * options.repeats),
    ...summarize(coded, predictions, options.repeats),
    predictions,
    insight: insights.means(matrix),
  };
}

function folding(labels: Labels, { folds, seed, split }: CrossValidationOptions) {
  const random = (repeat: number) => randomStream(seed, `folds/${repeat}`);
  if (split === undefined || split.kind === 'stratified') {
    const used = Math.min(folds, labels.codes.length);
    const assign = (repeat: number) => stratifiedFolds(labels, used, random(repeat));
    return { folds: used, assign, groups: undefined };
  }
  const groups = labelsOf(split.groups);
  const used = split.kind === 'leave-out' ? groups.classes.length : Math.min(folds, groups.classes.length);
  const assign = (repeat: number) =>
    split.kind === 'leave-out' ? groups.codes : groupedFolds(labels, groups.codes, used, random(repeat));
  return { folds: used, assign, groups: groups.codes };
}

/** Rows of a class that no row of another fold has. */
function unseenIn(labels: Labels, folds: Int32Array): number {
  const foldsOf = labels.classes.map(() => new Set<number>());
  for (const [row, code] of labels.codes.entries()) foldsOf[code]!.add(folds[row]!);
  return labels.codes.reduce((sum, code) => sum + (foldsOf[code]!.size === 1 ? 1 : 0), 0);
}

interface FoldOptions {
  /** By row: what a learner that tunes holds out together; default: each row by itself. */
  readonly groups?: Int32Array | undefined;
  readonly onModel?: (model: Model) => void;
}

/** Answers for every row, each by a model fitted on the rows of the other folds. */
export function* classifyFolds(
  matrix: Matrix,
  labels: Labels,
  learner: Learner,
  folds: Int32Array,
  seed: number | string,
  { groups, onModel }: FoldOptions = {},
): Generator<{ row: number } & Classification> {
  for (let fold = 0; fold <= folds.reduce((most, value) => Math.max(most, value), 0); fold++) {
    const { train, test } = splitFold(folds, fold);
    const model = learner.fit(
      matrix,
      train,
      labels,
      randomStream(seed, `fit/${learner.name}/${fold}`),
      groups,
    );
    onModel?.(model);
    for (const row of test) {
      yield { row, ...model.classify(matrix, row) };
    }
  }
}

function summarize(labels: Labels, predictions: readonly MachinePrediction[], repeats: number) {
  const { classes } = labels;
  const counted = new ConfusionCounts(classes);
  const answers: { right: boolean; confidence: number }[] = [];
  for (const { label, predicted, confidence } of predictions) {
    for (const [repeat, answer] of predicted.entries()) {
      counted.add(label, answer);
      answers.push({ right: answer === label, confidence: confidence[repeat]! });
    }
  }
  const right = answers.filter((answer) => answer.right);
  const accuracy = right.length / answers.length;
  return {
    accuracy,
    ci95: wilsonInterval(accuracy, predictions.length),
    balancedAccuracy: balancedAccuracy(counted.counts),
    confidence: mean(right.map(({ confidence }) => confidence)),
    confusion: counted.confusion(),
    perClass: classScores(classes, counted.counts, repeats),
    brier: mean(predictions.flatMap(({ brier: scores }) => scores))!,
    reliability: reliability(answers, repeats),
    abstention: abstention(answers, repeats),
  };
}

function check(matrix: Matrix, labels: readonly string[], options: CrossValidationOptions): void {
  const { folds, repeats, split } = options;
  if (labels.length !== matrix.rows.length) {
    throw new InputError(`There are ${labels.length} labels for ${matrix.rows.length} rows.`);
  }
  if (!Number.isInteger(folds) || folds < 2)
    throw new InputError(`Cross-validation needs at least 2 folds, not ${folds}.`);
  if (!Number.isInteger(repeats) || repeats < 1) {
    throw new InputError(`Cross-validation needs at least 1 repeat, not ${repeats}.`);
  }
  if (labels.length < 2) {
    throw new InputError(
      `Cross-validation needs at least 2 labelled rows, and there is ${labels.length || 'none'}.`,
      {
        remedy: 'Measure more machines, or give a table with more rows that have a label.',
      },
    );
  }
  if (split && split.kind !== 'stratified' && new Set(split.groups).size < 2) {
    throw new InputError('Groups can only be kept apart where there are at least 2 of them.');
  }
}

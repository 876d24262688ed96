import type { Matrix } from '../dataset/matrix.js';
import { InputError } from '../errors.js';
import { randomStream } from '../random.js';
import { splitFold, stratifiedFolds } from './folds.js';
import { type Labels, type Learner, labelsOf } from './learner.js';
import { majority } from './majority.js';
import { balancedAccuracy, mean, wilsonInterval } from './metrics.js';

export interface MachinePrediction {
  readonly machine: string;
  readonly label: string;
  /** By repeat. */
  readonly predicted: readonly string[];
  /** By repeat: the model's confidence in what it predicted, 0..1. */
  readonly confidence: readonly number[];
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
  readonly confusion: { readonly labels: readonly string[]; readonly counts: readonly (readonly number[])[] };
  readonly predictions: readonly MachinePrediction[];
}

export interface CrossValidationOptions {
  /** 2 or more. */
  readonly folds: number;
  /** 1 or more; each repeat draws its own folds. */
  readonly repeats: number;
  readonly seed: number | string;
}

/**
 * Stratified cross-validation of `learner` on all rows of `matrix`.
 * @throws InputError when folds, repeats or the number of labels make no sense, or with fewer than two machines.
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
  const folds = Math.min(options.folds, machines);
  const predictions = matrix.rows.map((machine, row) => ({
    machine,
    label: labels[row]!,
    predicted: [] as string[],
    confidence: [] as number[],
  }));
  let baseline = 0;
  for (let repeat = 0; repeat < options.repeats; repeat++) {
    const assigned = stratifiedFolds(coded, folds, randomStream(options.seed, `folds/${repeat}`));
    for (const answer of classifyFolds(matrix, coded, majority, assigned, options.seed)) {
      if (answer.label === labels[answer.row]) baseline++;
    }
    const seed = `${options.seed}/${repeat}`;
    for (const answer of classifyFolds(matrix, coded, learner, assigned, seed)) {
      predictions[answer.row]!.predicted.push(answer.label);
      predictions[answer.row]!.confidence.push(answer.confidence);
    }
  }
  return {
    machines,
    classes: coded.classes.length,
    folds,
    repeats: options.repeats,
    majority: baseline / (machines * options.repeats),
    ...summarize(coded, predictions),
    predictions,
  };
}

/** Answers for every row, each by a model fitted on the rows of the other folds. */
export function* classifyFolds(
  matrix: Matrix,
  labels: Labels,
  learner: Learner,
  folds: Int32Array,
  seed: number | string,
): Generator<{ row: number; label: string; confidence: number }> {
  for (let fold = 0; fold <= folds.reduce((most, value) => Math.max(most, value), 0); fold++) {
    const { train, test } = splitFold(folds, fold);
    const model = learner.fit(matrix, train, labels, randomStream(seed, `fit/${learner.name}/${fold}`));
    for (const row of test) {
      const { label, confidence } = model.classify(matrix, row);
      yield { row, label, confidence };
    }
  }
}

function summarize(labels: Labels, predictions: readonly MachinePrediction[]) {
  const { classes } = labels;
  const index = new Map(classes.map((name, code) => [name, code]));
  const counts = classes.map(() => classes.map(() => 0));
  const certain: number[] = [];
  const right: number[] = [];
  for (const { label, predicted, confidence } of predictions) {
    for (const [repeat, answer] of predicted.entries()) {
      counts[index.get(label)!]![index.get(answer)!]!++;
      right.push(answer === label ? 1 : 0);
      if (answer === label) certain.push(confidence[repeat]!);
    }
  }
  const accuracy = mean(right)!;
  return {
    accuracy,
    ci95: wilsonInterval(accuracy, predictions.length),
    balancedAccuracy: balancedAccuracy(counts),
    confidence: mean(certain),
    confusion: { labels: classes, counts },
  };
}

function check(matrix: Matrix, labels: readonly string[], options: CrossValidationOptions): void {
  const { folds, repeats } = options;
  if (labels.length !== matrix.rows.length) {
    throw new InputError(`There are ${labels.length} labels for ${matrix.rows.length} machines.`);
  }
  if (!Number.isInteger(folds) || folds < 2)
    throw new InputError(`Cross-validation needs at least 2 folds, not ${folds}.`);
  if (!Number.isInteger(repeats) || repeats < 1) {
    throw new InputError(`Cross-validation needs at least 1 repeat, not ${repeats}.`);
  }
  if (labels.length < 2) {
    throw new InputError(
      `Cross-validation needs at least 2 machines, and there is ${labels.length || 'none'}.`,
      {
        remedy: 'Measure more machines, or look into why some failed.',
      },
    );
  }
}

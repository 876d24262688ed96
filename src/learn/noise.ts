import type { Matrix } from '../dataset/matrix.js';
import { InputError } from '../errors.js';
import { randomStream } from '../random.js';
import { splitFold, stratifiedFolds } from './folds.js';
import { type Labels, type Learner, labelsOf, type Model } from './learner.js';
import { majority } from './majority.js';
import { balancedAccuracy, mean, wilsonInterval } from './metrics.js';

/** A row of the matrix of a noise experiment: one machine as it was seen under one condition. */
export interface NoisyRow {
  readonly machine: string;
  readonly condition: string;
  readonly label: string;
}

export interface NoiseRequest {
  readonly learner: Learner;
  /** Name of the condition that the clean model is trained on. */
  readonly clean: string;
  /** Folds of machines, 2 or more. */
  readonly folds: number;
  readonly repeats: number;
  readonly seed: number | string;
}

/** Trained on the clean condition of the training machines, or on all their conditions. */
export type Training = 'clean' | 'noisy';

export interface ConditionAccuracy {
  readonly condition: string;
  readonly machines: number;
  /** Mean over repeats, 0..1. */
  readonly accuracy: number;
  /** Wilson interval by machine. */
  readonly ci95: readonly [number, number];
  readonly balancedAccuracy: number;
  /** Accuracy of always answering the most frequent class of the training machines. */
  readonly majority: number;
  /** Mean confidence in the correct answers; null when there was none. */
  readonly confidence: number | null;
}

export interface NoiseFigures {
  readonly trained: Training;
  /** Folds used: those asked for, or as many as there are machines if that is less. */
  readonly folds: number;
  readonly classes: number;
  /** In the order in which conditions first occur in the rows. */
  readonly conditions: readonly ConditionAccuracy[];
}

/** What was answered for the rows of one condition. */
class Answers {
  private readonly right: number[] = [];
  private readonly certain: number[] = [];
  private readonly counts: number[][];
  private readonly machines = new Set<string>();
  private baseline = 0;

  constructor(
    private readonly condition: string,
    classes: number,
  ) {
    this.counts = Array.from({ length: classes }, () => new Array<number>(classes).fill(0));
  }

  add(
    machine: string,
    labels: Labels,
    truth: number,
    label: string,
    confidence: number,
    usual: string,
  ): void {
    const answer = labels.classes.indexOf(label);
    this.machines.add(machine);
    this.right.push(answer === truth ? 1 : 0);
    this.counts[truth]![answer]!++;
    if (answer === truth) this.certain.push(confidence);
    if (labels.classes[truth] === usual) this.baseline++;
  }

  figures(): ConditionAccuracy {
    const accuracy = mean(this.right) ?? 0;
    return {
      condition: this.condition,
      machines: this.machines.size,
      accuracy,
      ci95: wilsonInterval(accuracy, this.machines.size),
      balancedAccuracy: balancedAccuracy(this.counts),
      majority: this.baseline / Math.max(1, this.right.length),
      confidence: mean(this.certain),
    };
  }
}

/**
 * Cross-validates two models over machines: of each fold's training machines one is fitted on the clean condition
 * alone and one on all conditions; both are tested on the other machines under every condition. Folds depend on the
 * seed alone, so that learners are compared on the same ones.
 * @throws InputError with fewer than two machines under the clean condition.
 */
export function compareTrainings(
  matrix: Matrix,
  rows: readonly NoisyRow[],
  request: NoiseRequest,
): NoiseFigures[] {
  const { learner, clean, repeats, seed } = request;
  const labels = labelsOf(rows.map(({ label }) => label));
  const labelOf = new Map(rows.map(({ machine, label }) => [machine, label]));
  const machines = [...labelOf.keys()];
  const trained = new Set(rows.filter(({ condition }) => condition === clean).map(({ machine }) => machine));
  if (trained.size < 2)
    throw new InputError(
      `${trained.size} machines were measured under the condition "${clean}"; two are needed`,
      {
        remedy: 'look into why others failed under it',
      },
    );
  const folds = Math.min(request.folds, machines.length);
  const conditions = [...new Set(rows.map(({ condition }) => condition))];
  const answers = (['clean', 'noisy'] as const).map((training) => ({
    training,
    by: new Map(conditions.map((name) => [name, new Answers(name, labels.classes.length)])),
  }));
  const byMachine = labelsOf(machines.map((machine) => labelOf.get(machine)!));
  for (let repeat = 0; repeat < repeats; repeat++) {
    const assigned = stratifiedFolds(byMachine, folds, randomStream(seed, `folds/${repeat}`));
    const foldOf = new Map(machines.map((machine, index) => [machine, assigned[index]!]));
    const rowFolds = Int32Array.from(rows, ({ machine }) => foldOf.get(machine)!);
    for (let fold = 0; fold < folds; fold++) {
      const { train, test } = splitFold(rowFolds, fold);
      const cleanRows = train.filter((row) => rows[row]!.condition === clean);
      if (cleanRows.length === 0 || test.length === 0) continue;
      const modelOf = (by: Learner, own: Int32Array, name: string): Model =>
        by.fit(matrix, own, labels, randomStream(seed, `fit/${by.name}/${name}/${repeat}/${fold}`));
      const usual = modelOf(majority, cleanRows, 'clean').classify(matrix, test[0]!).label;
      for (const { training, by } of answers) {
        const model = modelOf(learner, training === 'clean' ? cleanRows : train, training);
        for (const row of test) {
          const { machine, condition } = rows[row]!;
          const { label, confidence } = model.classify(matrix, row);
          by.get(condition)!.add(machine, labels, labels.codes[row]!, label, confidence, usual);
        }
      }
    }
  }
  return answers.map(({ training, by }) => ({
    trained: training,
    folds,
    classes: labels.classes.length,
    conditions: [...by.values()].map((one) => one.figures()),
  }));
}

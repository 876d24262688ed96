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
  /** Default: `clean` and `noisy`. */
  readonly train?: readonly Training[];
}

/**
 * What is learnt of the training machines: what they answered under the clean condition, under all conditions, or, for
 * each condition, under all others.
 */
export type Training = 'clean' | 'noisy' | 'others';

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
    this.counts = Array.from({ length: classes }, () => new Array<number>(classes + 1).fill(0));
  }

  add(
    machine: string,
    labels: Labels,
    truth: number,
    label: string,
    confidence: number,
    usual: string,
  ): void {
    const place = labels.classes.indexOf(label);
    // The last column is of answers that name no class.
    const answer = place < 0 ? labels.classes.length : place;
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

/** A model of some training rows, and the rows that it is tested on. */
interface Fit {
  readonly name: string;
  readonly own: Int32Array;
  readonly tested: Int32Array;
}

/** The models that a training takes in one fold. */
function fitsOf(training: Training, rows: readonly NoisyRow[], clean: string, fold: Fold): Fit[] {
  const { test, train } = fold;
  const under = (own: Int32Array, wanted: (condition: string) => boolean) =>
    own.filter((row) => wanted(rows[row]!.condition));
  if (training === 'clean')
    return [{ name: 'clean', own: under(train, (one) => one === clean), tested: test }];
  if (training === 'noisy') return [{ name: 'noisy', own: train, tested: test }];
  const conditions = [...new Set(Array.from(test, (row) => rows[row]!.condition))];
  return conditions.map((condition) => ({
    name: `others/${condition}`,
    own: under(train, (one) => one !== condition),
    tested: under(test, (one) => one === condition),
  }));
}

type Fold = ReturnType<typeof splitFold>;

/**
 * Cross-validates over machines: models are fitted on each fold's training machines, by `train` on the clean condition
 * alone, on all conditions, or on all but the one tested (leave-one-condition-out), and tested on the other machines
 * under every condition. Folds depend on the seed alone, so that learners are compared on the same ones; where a
 * learner tunes, the rows of a machine stay together, too.
 * @throws InputError with fewer than two machines under the clean condition.
 */
export function compareTrainings(
  matrix: Matrix,
  rows: readonly NoisyRow[],
  request: NoiseRequest,
): NoiseFigures[] {
  const { learner, clean, repeats, seed, train: trainings = ['clean', 'noisy'] } = request;
  const labels = labelsOf(rows.map(({ label }) => label));
  const labelOf = new Map(rows.map(({ machine, label }) => [machine, label]));
  const machines = [...labelOf.keys()];
  const groups = labelsOf(rows.map(({ machine }) => machine)).codes;
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
  const answers = trainings.map((training) => ({
    training,
    by: new Map(conditions.map((name) => [name, new Answers(name, labels.classes.length)])),
  }));
  const byMachine = labelsOf(machines.map((machine) => labelOf.get(machine)!));
  for (let repeat = 0; repeat < repeats; repeat++) {
    const assigned = stratifiedFolds(byMachine, folds, randomStream(seed, `folds/${repeat}`));
    const foldOf = new Map(machines.map((machine, index) => [machine, assigned[index]!]));
    const rowFolds = Int32Array.from(rows, ({ machine }) => foldOf.get(machine)!);
    for (let fold = 0; fold < folds; fold++) {
      const parts = splitFold(rowFolds, fold);
      const [{ own: cleanRows }] = fitsOf('clean', rows, clean, parts) as [Fit];
      if (cleanRows.length === 0 || parts.test.length === 0) continue;
      const modelOf = (by: Learner, own: Int32Array, name: string): Model => {
        const random = randomStream(seed, `fit/${by.name}/${name}/${repeat}/${fold}`);
        return by.fit(matrix, own, labels, random, groups);
      };
      const usual = modelOf(majority, cleanRows, 'clean').classify(matrix, parts.test[0]!).label;
      for (const { training, by } of answers)
        for (const { name, own, tested } of fitsOf(training, rows, clean, parts)) {
          if (own.length === 0) continue;
          const model = modelOf(learner, own, name);
          for (const row of tested) {
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

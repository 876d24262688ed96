import type { Matrix } from '../dataset/matrix.js';
import { crossValidate } from './evaluate.js';
import type { Learner } from './learner.js';

export interface AccuracyRequest {
  readonly hierarchy: 'kernel' | 'distribution' | 'behaviour';
  /** 0 (coarse), 1 or 2 (fine). */
  readonly level: number;
  readonly learner: Learner;
  /** Name of the field set that `matrix` was built from, e.g. `all`. */
  readonly fields: string;
  readonly folds: number;
  readonly repeats: number;
  readonly seed: number | string;
}

/** The figures of one accuracy experiment, in the shape in which results record them. */
export interface AccuracyExperiment {
  kind: 'accuracy';
  hierarchy: 'kernel' | 'distribution' | 'behaviour';
  level: number;
  learner: string;
  fields: string;
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
  confusion: { labels: string[]; counts: number[][] };
}

/**
 * Cross-validates and reports. The folds depend on seed, hierarchy and level alone, so that learners and field
 * sets are compared on the same ones.
 * @throws InputError as {@link crossValidate}.
 */
export function runAccuracy(
  matrix: Matrix,
  labels: readonly string[],
  request: AccuracyRequest,
): AccuracyExperiment {
  const { hierarchy, level, learner, fields, folds, repeats } = request;
  const seed = `${request.seed}/accuracy/${hierarchy}/${level}`;
  const validated = crossValidate(matrix, labels, learner, { folds, repeats, seed });
  return {
    kind: 'accuracy',
    hierarchy,
    level,
    learner: learner.name,
    fields,
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
    confusion: {
      labels: [...validated.confusion.labels],
      counts: validated.confusion.counts.map((row) => [...row]),
    },
  };
}

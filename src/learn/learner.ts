import { memberName } from '../dataset/column-member.js';
import type { Matrix } from '../dataset/matrix.js';
import type { RandomStream } from '../random.js';

/** The class of every row of a matrix. */
export interface Labels {
  /** Class names, sorted by code unit; ties are won by the class that comes first. */
  readonly classes: readonly string[];
  /** Index into `classes`, by row. */
  readonly codes: Int32Array;
}

/** In place of a label: the model does not decide. */
export const unresolved = '(unresolved)';

export interface Classification {
  /** One of the classes, or {@link unresolved}. */
  readonly label: string;
  /** Share of the distribution that falls to `label`, 0..1; of an unresolved answer, to the likeliest class. */
  readonly confidence: number;
  /** By class, in the order of `Labels.classes`; sums to 1. */
  readonly distribution: Float64Array;
}

export interface ColumnWeight {
  readonly column: number;
  readonly weight: number;
}

/** What a model knows of itself beside its answers. */
export interface Insight {
  /** Share of the training machines, 0..1, that those trees answer right which did not draw them. */
  readonly outOfBag?: number;
  /** By column, the accuracy of a tree that is lost where its values are shuffled, greatest first. */
  readonly importance?: readonly ColumnWeight[];
  /** The setting that was chosen on the training machines, e.g. `k = 5`. */
  readonly chosen?: string;
}

export interface Model {
  /** @param matrix the matrix that the model was fitted on; `row` need not be one of the training rows. */
  classify(matrix: Matrix, row: number): Classification;
  /** Matrix columns on which the model decides, the weightiest first; empty when it looks at none or at all. */
  decidingColumns(): number[];
  /** The model as text: fields, probes, values and numbers of training machines. */
  describe(): string;
  /** Worked out when it is asked for; left out where there is nothing to know. */
  insight?(): Insight;
  /** Squared weights of the columns of a linear model, heaviest first. */
  columnWeights?(): ColumnWeight[];
}

export interface Learner {
  readonly name: string;
  /** Whether it reads `Matrix.numbers`: others are given numeric columns in bins. */
  readonly takesNumbers?: boolean;
  /**
   * @param rows training rows of `matrix`, at least one; `labels` of other rows are not looked at.
   * @param groups by row of the matrix: what is held out together where training machines test a setting
   */
  fit(matrix: Matrix, rows: Int32Array, labels: Labels, random: RandomStream, groups?: Int32Array): Model;
}

/** Weka's tolerance (`Utils.SMALL`): figures closer than this are equal. */
export const tolerance = 1e-6;

export function labelsOf(labels: readonly string[]): Labels {
  const classes = [...new Set(labels)].sort();
  const index = new Map(classes.map((name, code) => [name, code]));
  return { classes, codes: Int32Array.from(labels, (label) => index.get(label)!) };
}

/** Numbers of groups, by row, as `Learner.fit` takes them. */
export function groupsOf(names: readonly string[] | undefined): Int32Array | undefined {
  return names && labelsOf(names).codes;
}

/** The likeliest class of a distribution that sums to 1. */
export function classification(classes: readonly string[], distribution: Float64Array): Classification {
  let best = 0;
  for (let code = 1; code < classes.length; code++) {
    if (distribution[code]! > distribution[best]! + tolerance) best = code;
  }
  return { label: classes[best]!, confidence: Math.min(1, distribution[best]!), distribution };
}

/** Training machines by class. */
export function classCounts(rows: Int32Array, labels: Labels): Float64Array {
  const counts = new Float64Array(labels.classes.length);
  for (const row of rows) counts[labels.codes[row]!]!++;
  return counts;
}

/** `tcp.window of probe 12`, with the number of other (probe, field) pairs that split the machines alike. */
export function columnName(matrix: Matrix, column: number): string {
  const alike = matrix.multiplicity[column]! - 1;
  return `${memberName(matrix.describeColumn(column))}${alike > 0 ? ` (+${alike} alike)` : ''}`;
}

/** The heaviest of `columns`, a line each: the share of all weight and the column's name. */
export function weightLines(matrix: Matrix, columns: readonly ColumnWeight[], count: number): string[] {
  const total = columns.reduce((sum, { weight }) => sum + Math.max(0, weight), 0);
  return columns
    .slice(0, count)
    .map(({ column, weight }) => `${((100 * weight) / total).toFixed(1)} % ${columnName(matrix, column)}`);
}

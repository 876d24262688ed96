import type { Matrix } from '../dataset/matrix.js';
import { type Distribution, sampleDistribution, splitDistribution, splitSample } from './distribution.js';
import { type Labels, tolerance } from './learner.js';
import { type Sample, SplitScorer } from './split-score.js';
import { c45Thresholds } from './threshold.js';

/** Fewest machines that two branches must have (Weka's `-M`). */
const least = 2;
/** C4.5 accepts a split whose gain is this far below the average. */
const slack = 1e-3;

export interface C45Node {
  /** Column asked; -1 for a leaf. */
  column: number;
  /** Greatest code of the first of two branches; -1 where each code is a branch. */
  limit: number;
  /** By branch; empty for a leaf. */
  sons: C45Node[];
  /** By branch; one for a leaf. */
  distribution: Distribution;
  /** No training machine came here. */
  empty: boolean;
  sample: Sample;
}

/** Grows C4.5 trees as Weka's `C45ModelSelection` does: the best gain ratio among splits of average gain. */
export class C45Grower {
  private readonly scorer: SplitScorer;
  private readonly gains: Float64Array;
  private readonly ratios: Float64Array;
  /** Columns whose gain counts in the average: numeric ones and those with few values, unless all have many. */
  private readonly averaged: Uint8Array;
  private readonly numeric: boolean;
  private training: Int32Array = new Int32Array(0);

  constructor(
    readonly matrix: Matrix,
    readonly labels: Labels,
    machines: number,
  ) {
    this.scorer = new SplitScorer(matrix, labels, machines, c45Thresholds);
    this.gains = new Float64Array(matrix.columns);
    this.ratios = new Float64Array(matrix.columns);
    const few = matrix.values.map((values, column) =>
      matrix.numbers?.[column] || 0.3 * machines - values > tolerance ? 1 : 0,
    );
    this.numeric = matrix.numbers?.some((numbers) => numbers !== undefined) ?? false;
    const constants = matrix.totals.constant > 0 && 0.3 * machines - 1 > tolerance;
    this.averaged = Uint8Array.from(few.includes(1) || constants ? few : few.fill(1));
  }

  grow(rows: Int32Array): C45Node {
    this.training = rows;
    return this.node({ rows, weights: null }, Int32Array.from(this.gains.keys()));
  }

  // A nominal column that cannot split a sample cannot split a part of it: `open` only shrinks on the way down.
  private node(sample: Sample, open: Int32Array): C45Node {
    const { labels, matrix } = this;
    const counts = this.scorer.begin(sample);
    const total = counts.reduce((sum, count) => sum + count, 0);
    const leaf = () => ({
      column: -1,
      limit: -1,
      sons: [],
      distribution: sampleDistribution(sample, labels),
      empty: total < tolerance,
      sample,
    });
    if (total < 2 * least - tolerance || counts.some((count) => Math.abs(count - total) < tolerance))
      return leaf();
    const valid = open.filter((column) => {
      this.scorer.score(column);
      this.gains[column] = this.scorer.gain;
      this.ratios[column] = this.scorer.ratio;
      return this.scorer.branches > 1;
    });
    const column = this.best(valid);
    if (column < 0) return leaf();
    const limit = this.limitOf(column);
    const distribution = splitDistribution(matrix, column, sample, labels, limit);
    const parts = splitSample(matrix, column, sample, distribution.shares(), limit);
    return {
      column,
      limit,
      sons: parts.map((part) => this.node(part, this.numeric ? open : valid)),
      distribution,
      empty: false,
      sample,
    };
  }

  /** The threshold is the greatest number of all training machines up to the middle between two, as C4.5's. */
  private limitOf(column: number): number {
    const { codes, numbers, rows } = this.matrix;
    const own = numbers?.[column];
    if (!own) return -1;
    this.scorer.score(column);
    const [below, above] = this.scorer.between;
    const middle = (own[below]! + own[above]!) / 2;
    let threshold = below;
    for (const row of this.training) {
      const code = codes[column * rows.length + row]!;
      if (code > threshold && own[code]! < own[above]! && own[code]! <= middle + tolerance) threshold = code;
    }
    let limit = threshold;
    while (limit + 1 < own.length && own[limit + 1]! < own[threshold]! + tolerance) limit++;
    return limit;
  }

  private best(valid: Int32Array): number {
    const { averaged, gains, ratios } = this;
    let sum = 0;
    let count = 0;
    for (const column of valid) {
      if (averaged[column] === 0) continue;
      sum += gains[column]! * this.matrix.multiplicity[column]!;
      count += this.matrix.multiplicity[column]!;
    }
    if (count === 0) return -1;
    let best = -1;
    let ratio = 0;
    for (const column of valid) {
      if (gains[column]! >= sum / count - slack && ratios[column]! > ratio + tolerance) {
        best = column;
        ratio = ratios[column]!;
      }
    }
    return best;
  }
}

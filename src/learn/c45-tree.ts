import type { Matrix } from '../dataset/matrix.js';
import { type Distribution, sampleDistribution, splitDistribution, splitSample } from './distribution.js';
import { type Labels, tolerance } from './learner.js';
import { type Sample, SplitScorer } from './split-score.js';

/** Fewest machines that two branches must have (Weka's `-M`). */
const least = 2;
/** C4.5 accepts a split whose gain is this far below the average. */
const slack = 1e-3;

export interface C45Node {
  /** Column asked; -1 for a leaf. */
  column: number;
  /** By code of the column; empty for a leaf. */
  sons: C45Node[];
  /** By code of the column; one branch for a leaf. */
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
  /** Columns whose gain counts in the average: those with few values, unless all have many. */
  private readonly averaged: Uint8Array;

  constructor(
    readonly matrix: Matrix,
    readonly labels: Labels,
    machines: number,
  ) {
    this.scorer = new SplitScorer(matrix, labels, machines);
    this.gains = new Float64Array(matrix.columns);
    this.ratios = new Float64Array(matrix.columns);
    const few = matrix.values.map((values) => (0.3 * machines - values > tolerance ? 1 : 0));
    const constants = matrix.totals.constant > 0 && 0.3 * machines - 1 > tolerance;
    this.averaged = Uint8Array.from(few.includes(1) || constants ? few : few.fill(1));
  }

  grow(rows: Int32Array): C45Node {
    return this.node({ rows, weights: null }, Int32Array.from(this.gains.keys()));
  }

  // A column that cannot split a sample cannot split a part of it: `open` only shrinks on the way down.
  private node(sample: Sample, open: Int32Array): C45Node {
    const { labels, matrix } = this;
    const counts = this.scorer.begin(sample);
    const total = counts.reduce((sum, count) => sum + count, 0);
    const leaf = () => ({
      column: -1,
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
    const distribution = splitDistribution(matrix, column, sample, labels);
    const parts = splitSample(matrix, column, sample, distribution.shares());
    return {
      column,
      sons: parts.map((part) => this.node(part, valid)),
      distribution,
      empty: false,
      sample,
    };
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

import type { Matrix } from '../dataset/matrix.js';
import { type Labels, tolerance } from './learner.js';
import { anyThreshold, type ThresholdRule, ThresholdScorer } from './threshold.js';
import { xlog2x } from './xlog2x.js';

/** Training rows at a node; a row may stand in it twice. `weights` null means 1 each. */
export interface Sample {
  readonly rows: Int32Array;
  readonly weights: Float64Array | null;
}

/**
 * Scores a column as a split of a sample, as Weka's `C45Split` does: by its values, or by the best threshold of a
 * numeric one. `begin` fixes the sample, `score` one column; the figures are left in the fields, so that nothing is
 * allocated for a column.
 */
export class SplitScorer {
  /** Information gain in bits, scaled by the share of known values. */
  gain = 0;
  /** Gain / split information, a missing value being a branch of its own; 0 for a trivial split. */
  ratio = 0;
  /** Branches with at least 2 machines; of a numeric column 2 where there is a threshold. */
  branches = 0;
  /** Weight of the sample. */
  total = 0;

  private readonly thresholds: ThresholdScorer | undefined;
  private readonly bag: Float64Array;
  private readonly cell: Float64Array;
  private readonly known: Float64Array;
  private readonly count: Int32Array;
  /** n log2 n, by n. */
  private readonly product: Float64Array;
  private sample: Sample = { rows: new Int32Array(0), weights: null };
  /** Class of each row of the sample, numbered among the `width` classes that occur in it. */
  private readonly classes: Int32Array;
  private readonly local: Int32Array;
  private readonly counts: Float64Array;
  private width = 0;
  /** n log2 n of the sample's weight. */
  private whole = 0;
  private entropy = 0;

  constructor(
    private readonly matrix: Matrix,
    private readonly labels: Labels,
    /** Most rows of a sample. */
    rows: number,
    private readonly rule: ThresholdRule = anyThreshold,
  ) {
    const most = matrix.values.reduce((sum, values) => Math.max(sum, values), 1);
    const classes = labels.classes.length;
    if (matrix.numbers) this.thresholds = new ThresholdScorer(rule, classes, rows);
    this.bag = new Float64Array(most);
    this.cell = new Float64Array(most * classes);
    this.known = new Float64Array(classes);
    this.count = new Int32Array(most * classes);
    this.classes = new Int32Array(rows);
    this.local = new Int32Array(classes);
    this.counts = new Float64Array(classes);
    this.product = Float64Array.from({ length: rows + 1 }, (_, n) => xlog2x(n));
  }

  /** Weight of each class in the sample; overwritten by the next call. */
  begin(sample: Sample): Float64Array {
    const { classes, counts, local } = this;
    const { rows, weights } = sample;
    const { codes } = this.labels;
    counts.fill(0);
    local.fill(-1);
    this.sample = sample;
    this.width = 0;
    this.total = 0;
    for (let place = 0; place < rows.length; place++) {
      const label = codes[rows[place]!]!;
      const weight = weights === null ? 1 : weights[place]!;
      counts[label]! += weight;
      this.total += weight;
      if (local[label]! < 0) local[label] = this.width++;
      classes[place] = local[label]!;
    }
    this.whole = weights === null ? this.product[this.total]! : xlog2x(this.total);
    this.entropy = this.whole;
    for (const count of counts) this.entropy -= weights === null ? this.product[count]! : xlog2x(count);
    return counts;
  }

  /** Codes of the numbers between which the threshold of the column that was scored last lies. */
  get between(): readonly [number, number] {
    return this.thresholds!.between;
  }

  score(column: number): void {
    const numbers = this.thresholds && this.matrix.numbers![column];
    if (numbers) this.scoreNumbers(column, numbers);
    else if (this.matrix.missing || this.sample.weights) this.scoreFractions(column);
    else this.scoreCounts(column);
  }

  private scoreCounts(column: number): void {
    const { classes, count, product, width } = this;
    const { codes } = this.matrix;
    const { rows } = this.sample;
    const from = column * this.matrix.rows.length;
    if (this.isConstant(from)) return;
    let most = 0;
    for (let place = 0; place < rows.length; place++) {
      const code = codes[from + rows[place]!]!;
      if (code > most) most = code;
      count[code * width + classes[place]!]!++;
    }
    let bags = 0;
    let cells = 0;
    let branches = 0;
    for (let at = 0, end = 0; end < (most + 1) * width; ) {
      end += width;
      let inBag = 0;
      for (; at < end; at++) {
        const inCell = count[at]!;
        if (inCell === 0) continue;
        count[at] = 0;
        cells += product[inCell]!;
        inBag += inCell;
      }
      bags += product[inBag]!;
      if (inBag > 1) branches++;
    }
    this.branches = branches;
    this.settle(this.entropy - (bags - cells), this.total, this.whole - bags);
  }

  /** Most columns do not split most samples: settled without counting. */
  private isConstant(from: number): boolean {
    const { codes } = this.matrix;
    const { rows } = this.sample;
    const first = codes[from + rows[0]!]!;
    for (let place = 1; place < rows.length; place++) if (codes[from + rows[place]!]! !== first) return false;
    this.gain = 0;
    this.ratio = 0;
    this.branches = rows.length > 1 ? 1 : 0;
    return true;
  }

  private scoreFractions(column: number): void {
    const { bag, cell, classes, known, width } = this;
    const { codes } = this.matrix;
    const { rows, weights } = this.sample;
    const from = column * this.matrix.rows.length;
    known.fill(0);
    let total = 0;
    for (let place = 0; place < rows.length; place++) {
      const code = codes[from + rows[place]!]!;
      if (code < 0) continue;
      const weight = weights ? weights[place]! : 1;
      bag[code]! += weight;
      cell[code * width + classes[place]!]! += weight;
      known[classes[place]!]! += weight;
      total += weight;
    }
    let bags = 0;
    let after = 0;
    this.branches = 0;
    const values = this.matrix.values[column]!;
    for (let code = 0; code < values; code++) {
      if (bag[code]! >= 2 - tolerance) this.branches++;
      bags += xlog2x(bag[code]!);
      for (let at = code * width; at < (code + 1) * width; at++) after -= xlog2x(cell[at]!);
    }
    bag.fill(0, 0, values);
    cell.fill(0, 0, values * width);
    const before = known.reduce((left, count) => left - xlog2x(count), xlog2x(total));
    const information = total > tolerance ? this.whole - bags - xlog2x(this.total - total) : 0;
    this.settle(before - (after + bags), total, information);
  }

  private scoreNumbers(column: number, numbers: Float64Array): void {
    const { classes, thresholds, total, width } = this;
    const { rows, weights } = this.sample;
    const height = this.matrix.rows.length;
    const codes = this.matrix.codes.subarray(column * height, (column + 1) * height);
    thresholds!.score(codes, numbers, { rows, weights, classes, width, total });
    const { candidates, decrease, known, sides } = thresholds!;
    const price = this.rule.pays && candidates > 0 ? Math.log2(candidates) : 0;
    if (candidates === 0 || decrease - price <= tolerance * total) {
      this.gain = 0;
      this.ratio = 0;
      this.branches = 0;
      return;
    }
    this.branches = 2;
    const spread = xlog2x(sides[0]) + xlog2x(sides[1]) + xlog2x(total - known);
    this.gain = (decrease - price) / total;
    const information = this.whole - spread;
    this.ratio = Math.abs(information) < tolerance ? 0 : (this.gain * total) / information;
  }

  // `decrease` and `information` are in bits times weight, over the machines whose value is known.
  private settle(decrease: number, known: number, information: number): void {
    const scaled = (known / this.total) * decrease;
    this.gain = Math.abs(scaled) < tolerance || known <= 0 ? 0 : scaled / known;
    this.ratio = Math.abs(information) < tolerance ? 0 : (this.gain * this.total) / information;
  }
}

import { tolerance } from './learner.js';
import { xlog2x } from './xlog2x.js';

/** What a threshold on a numeric column must be. */
export interface ThresholdRule {
  /** Fewest machines on either side, of so much known weight and so many classes. */
  least(weight: number, classes: number): number;
  /** How much the next number must be greater for a threshold between two. */
  readonly apart: number;
  /** Whether the gain pays for having been chosen among thresholds (Quinlan 1996). */
  readonly pays: boolean;
}

/** Weka's `C45Split` with at least two machines a branch. */
export const c45Thresholds: ThresholdRule = {
  least(weight, classes) {
    const share = (0.1 * weight) / classes;
    return share <= 2 + tolerance ? 2 : Math.min(25, share);
  },
  apart: 1e-5,
  pays: true,
};

/** Weka's `RandomTree`: between any two numbers. */
export const anyThreshold: ThresholdRule = { least: () => 0, apart: 0, pays: false };

/** A sample as `SplitScorer` has it. */
export interface ScoredSample {
  readonly rows: Int32Array;
  readonly weights: Float64Array | null;
  /** Class of each row, below `width`. */
  readonly classes: Int32Array;
  readonly width: number;
  readonly total: number;
}

/** Finds the threshold of most gain on a numeric column; the figures are left in the fields. */
export class ThresholdScorer {
  /** Bits times weight, over the machines whose number is known, before what `pays` takes. */
  decrease = 0;
  /** Known weight. */
  known = 0;
  /** Known weight of the machines on either side of the threshold. */
  readonly sides: [number, number] = [0, 0];
  /** Thresholds that were looked at; 0 where none can be, and then there is none. */
  candidates = 0;
  /** Codes of the two numbers that it lies between. */
  readonly between: [number, number] = [-1, -1];
  private readonly order: Float64Array;
  private readonly low: Float64Array;
  private readonly high: Float64Array;

  /**
   * @param rows most rows of a sample
   * @param classes all that there are, whether in a sample or not
   */
  constructor(
    private readonly rule: ThresholdRule,
    private readonly classes: number,
    private readonly rows: number,
  ) {
    this.order = new Float64Array(rows);
    this.low = new Float64Array(classes);
    this.high = new Float64Array(classes);
  }

  /** @param codes those of the column, by row of the matrix; ascending with `numbers` */
  score(codes: Int16Array, numbers: Float64Array, sample: ScoredSample): void {
    const { between, high, low, rows: radix, rule, sides } = this;
    const { classes, width } = sample;
    const order = this.sorted(codes, sample);
    this.candidates = 0;
    this.decrease = 0;
    low.fill(0, 0, width);
    high.fill(0, 0, width);
    this.known = 0;
    for (const key of order) {
      const weight = weightAt(sample, key % radix);
      high[classes[key % radix]!]! += weight;
      this.known += weight;
    }
    const least = rule.least(this.known, this.classes);
    if (order.length < 2 * least - tolerance) return;
    const before = entropy(high, width, this.known);
    let [below, above] = [0, this.known];
    let moved = 0;
    for (let next = 1; next < order.length; next++) {
      const [code, after] = [Math.floor(order[next - 1]! / radix), Math.floor(order[next]! / radix)];
      if (code === after || numbers[code]! + rule.apart >= numbers[after]!) continue;
      for (; moved < next; moved++) {
        const place = order[moved]! % radix;
        const weight = weightAt(sample, place);
        low[classes[place]!]! += weight;
        high[classes[place]!]! -= weight;
        below += weight;
        above -= weight;
      }
      if (below < least - tolerance || above < least - tolerance) continue;
      this.candidates++;
      const decrease = before - entropy(low, width, below) - entropy(high, width, above);
      // Gains closer than this are equal, and the first of equals wins.
      if (decrease <= this.decrease + tolerance * sample.total) continue;
      this.decrease = decrease;
      between[0] = code;
      between[1] = after;
      sides[0] = below;
      sides[1] = above;
    }
    if (this.decrease <= 0) this.candidates = 0;
  }

  /** Places in the sample by ascending code, those that are missing left out, as code x rows + place. */
  private sorted(codes: Int16Array, { rows }: ScoredSample): Float64Array {
    let count = 0;
    for (let place = 0; place < rows.length; place++) {
      const code = codes[rows[place]!]!;
      if (code >= 0) this.order[count++] = code * this.rows + place;
    }
    return this.order.subarray(0, count).sort();
  }
}

const weightAt = ({ weights }: ScoredSample, place: number) => (weights === null ? 1 : weights[place]!);

/** Bits times weight. */
function entropy(counts: Float64Array, width: number, total: number): number {
  let sum = xlog2x(total);
  for (let at = 0; at < width; at++) sum -= xlog2x(counts[at]!);
  return sum;
}

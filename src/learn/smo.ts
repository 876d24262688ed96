/** Weka's defaults: complexity, slack of the optimality test, rounding, and what counts as a bound. */
const complexity = 1;
const slack = 1e-3;
const rounding = 1e-12;
const atBound = 1000 * Number.MIN_VALUE;

/** A binary machine: the output for `x` is the sum of `weights[i]` k(x_i, x), less `threshold`. */
export interface BinaryMachine {
  /** Multiplier times sign, by training example; 0 for those that do not support. */
  readonly weights: Float64Array;
  readonly threshold: number;
}

/**
 * Trains a support vector machine by sequential minimal optimisation with two thresholds (Keerthi, Shevade,
 * Bhattacharyya and Murthy 2001, modification 1), in the order in which Weka's `SMO` looks at the examples.
 * Only differences of kernel values matter, so that a kernel known up to an intercept will do.
 * @param kernel square, row-major, by example
 * @param signs +1 or -1 by example; both occur
 */
export function trainMachine(kernel: Float64Array, signs: Int8Array): BinaryMachine {
  return new Optimizer(kernel, signs).run();
}

class Optimizer {
  private readonly size: number;
  private readonly alphas: Float64Array;
  /** F of each example in the notation of the paper: its output without threshold, less its sign. */
  private readonly errors: Float64Array;
  private up = -1;
  private low = 1;
  private upAt: number;
  private lowAt: number;

  constructor(
    private readonly kernel: Float64Array,
    private readonly signs: Int8Array,
  ) {
    this.size = signs.length;
    this.alphas = new Float64Array(this.size);
    this.errors = Float64Array.from(signs, (sign) => -sign);
    this.upAt = signs.lastIndexOf(1);
    this.lowAt = signs.lastIndexOf(-1);
  }

  run(): BinaryMachine {
    let all = true;
    let changed = 0;
    while (all || changed > 0) {
      changed = 0;
      for (let example = 0; example < this.size; example++) {
        if (!all && !this.isFree(example)) continue;
        if (this.examine(example)) changed++;
        if (!all && this.up > this.low - 2 * slack) {
          changed = 0;
          break;
        }
      }
      if (all) all = false;
      else if (changed === 0) all = true;
    }
    const weights = this.alphas.map((alpha, example) => alpha * this.signs[example]!);
    return { weights, threshold: (this.low + this.up) / 2 };
  }

  private isFree(example: number): boolean {
    return this.alphas[example]! > 0 && this.alphas[example]! < complexity;
  }

  /** May the output of the example still rise, or fall, as far as its multiplier goes? */
  private mayRise(example: number): boolean {
    return this.signs[example]! > 0 ? this.alphas[example]! < complexity : this.alphas[example]! > 0;
  }

  private mayFall(example: number): boolean {
    return this.signs[example]! > 0 ? this.alphas[example]! > 0 : this.alphas[example]! < complexity;
  }

  private examine(second: number): boolean {
    if (!this.isFree(second)) {
      this.errors[second] = this.output(second) - this.signs[second]!;
      const error = this.errors[second]!;
      if (this.mayRise(second) && error < this.up) {
        this.up = error;
        this.upAt = second;
      } else if (this.mayFall(second) && error > this.low) {
        this.low = error;
        this.lowAt = second;
      }
    }
    const error = this.errors[second]!;
    let first = -1;
    if (this.mayRise(second) && this.low - error > 2 * slack) first = this.lowAt;
    if (this.mayFall(second) && error - this.up > 2 * slack) first = this.upAt;
    if (first < 0) return false;
    if (this.isFree(second)) first = this.low - error > error - this.up ? this.lowAt : this.upAt;
    return this.step(first, second);
  }

  private output(example: number): number {
    let sum = 0;
    for (let other = 0; other < this.size; other++) {
      if (this.alphas[other]! > 0)
        sum += this.alphas[other]! * this.signs[other]! * this.kernel[other * this.size + example]!;
    }
    return sum;
  }

  private step(first: number, second: number): boolean {
    if (first === second) return false;
    const { alphas, signs } = this;
    const same = signs[first] === signs[second];
    const [one, two] = [alphas[first]!, alphas[second]!];
    const least = same ? Math.max(0, one + two - complexity) : Math.max(0, two - one);
    const most = same ? Math.min(complexity, one + two) : Math.min(complexity, complexity + two - one);
    if (least >= most) return false;
    const wanted = this.best(first, second, least, most);
    if (Math.abs(wanted - two) < rounding * (wanted + two + rounding)) return false;
    const moved = toBound(wanted);
    const paired = toBound(one + (same ? 1 : -1) * (two - moved));
    this.update(first, second, paired - one, moved - two);
    alphas[first] = paired;
    alphas[second] = moved;
    this.findThresholds(first, second);
    return true;
  }

  /** The multiplier of `second` that is best on the line on which the constraint keeps the two. */
  private best(first: number, second: number, least: number, most: number): number {
    const { alphas, errors, kernel, signs, size } = this;
    const [k11, k12, k22] = [first * size + first, first * size + second, second * size + second].map(
      (at) => kernel[at]!,
    ) as [number, number, number];
    const two = alphas[second]!;
    const curvature = k11 + k22 - 2 * k12;
    const slope = signs[second]! * (errors[first]! - errors[second]!);
    if (curvature > 0) return Math.min(most, Math.max(least, two + slope / curvature));
    // The two examples are the same point: the objective is a straight line.
    if (slope * (most - least) > rounding) return most;
    return slope * (most - least) < -rounding ? least : two;
  }

  private update(first: number, second: number, byFirst: number, bySecond: number): void {
    const { errors, kernel, signs, size } = this;
    for (let example = 0; example < size; example++) {
      if (example !== first && example !== second && !this.isFree(example)) continue;
      errors[example]! +=
        signs[first]! * byFirst * kernel[first * size + example]! +
        signs[second]! * bySecond * kernel[second * size + example]!;
    }
  }

  private findThresholds(first: number, second: number): void {
    this.low = Number.NEGATIVE_INFINITY;
    this.up = Number.POSITIVE_INFINITY;
    for (let example = 0; example < this.size; example++) if (this.isFree(example)) this.consider(example);
    for (const example of [first, second]) if (!this.isFree(example)) this.consider(example);
  }

  private consider(example: number): void {
    const error = this.errors[example]!;
    if (this.mayRise(example) && error < this.up) {
      this.up = error;
      this.upAt = example;
    }
    if (this.mayFall(example) && error > this.low) {
      this.low = error;
      this.lowAt = example;
    }
  }
}

function toBound(alpha: number): number {
  if (alpha > complexity - atBound * complexity) return complexity;
  return alpha <= atBound * complexity ? 0 : alpha;
}

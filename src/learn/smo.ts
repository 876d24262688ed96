import { FreeSet } from './free-set.js';
import type { Examples } from './smo-examples.js';

/** Weka's defaults: complexity, slack of the optimality test, rounding, and what counts as a bound. */
const complexity = 1;
const slack = 1e-3;
const rounding = 1e-12;
const atBound = 1000 * Number.MIN_VALUE;

/**
 * Trains a support vector machine by sequential minimal optimisation with two thresholds (Keerthi, Shevade,
 * Bhattacharyya and Murthy 2001, modification 1), looking at the examples in the order in which Weka's `SMO` does.
 * It stops 2/1000 short of the optimum, so that the order, and ties in it, show in the outputs.
 * @param signs +1 or -1 by example; both occur
 * @returns the threshold, to be taken from outputs; the weights are left in `examples`
 */
export function trainMachine(examples: Examples, signs: Int8Array): number {
  return new Optimizer(examples, signs).run();
}

class Optimizer {
  private readonly size: number;
  private readonly alphas: Float64Array;
  /** F of each example in the notation of the paper: its output without threshold, less its sign. */
  private readonly errors: Float64Array;
  /** Examples whose multiplier is at no bound. Weka goes through them as they entered, the last one first. */
  private readonly free: FreeSet;
  private up = -1;
  private low = 1;
  private upAt: number;
  private lowAt: number;

  constructor(
    private readonly examples: Examples,
    private readonly signs: Int8Array,
  ) {
    this.size = signs.length;
    this.alphas = new Float64Array(this.size);
    this.errors = Float64Array.from(signs, (sign) => -sign);
    this.free = new FreeSet(this.size);
    this.upAt = signs.lastIndexOf(1);
    this.lowAt = signs.lastIndexOf(-1);
  }

  run(): number {
    let all = true;
    let changed = 0;
    while (all || changed > 0) {
      changed = 0;
      for (let example = 0; example < this.size; example++) {
        if (!all && !this.free.has(example)) continue;
        if (this.examine(example)) changed++;
        if (!all && this.up > this.low - 2 * slack) {
          changed = 0;
          break;
        }
      }
      if (all) all = false;
      else if (changed === 0) all = true;
    }
    return (this.low + this.up) / 2;
  }

  /** May the output of the example still rise, or fall, as far as its multiplier goes? */
  private mayRise(example: number): boolean {
    return this.signs[example]! > 0 ? this.alphas[example]! < complexity : this.alphas[example]! > 0;
  }

  private mayFall(example: number): boolean {
    return this.signs[example]! > 0 ? this.alphas[example]! > 0 : this.alphas[example]! < complexity;
  }

  private examine(second: number): boolean {
    if (!this.free.has(second)) {
      this.errors[second] = this.examples.output(second) - this.signs[second]!;
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
    if (this.free.has(second)) first = this.low - error > error - this.up ? this.lowAt : this.upAt;
    return this.step(first, second);
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
    this.move(first, paired);
    this.move(second, moved);
    this.update(first, second, paired - one, moved - two);
    this.findThresholds(first, second);
    return true;
  }

  private move(example: number, alpha: number): void {
    this.alphas[example] = alpha;
    this.examples.setWeight(example, alpha * this.signs[example]!);
    this.free.keep(example, alpha > 0 && alpha < complexity);
  }

  /** The multiplier of `second` that is best on the line on which the constraint keeps the two. */
  private best(first: number, second: number, least: number, most: number): number {
    const { alphas, errors, examples, signs } = this;
    const k11 = examples.kernel(first, first);
    const k12 = examples.kernel(first, second);
    const k22 = examples.kernel(second, second);
    const two = alphas[second]!;
    // In Weka's order, so that numbers are rounded as there.
    const eta = 2 * k12 - k11 - k22;
    const slope = signs[second]! * (errors[first]! - errors[second]!);
    if (eta < 0) return Math.min(most, Math.max(least, two - slope / eta));
    // The two examples are the same point: the objective is a straight line.
    if (slope * (most - least) > rounding) return most;
    return slope * (most - least) < -rounding ? least : two;
  }

  private update(first: number, second: number, byFirst: number, bySecond: number): void {
    const { errors, examples, free, signs } = this;
    const [one, two] = [signs[first]! * byFirst, signs[second]! * bySecond];
    const correct = (example: number) => {
      errors[example]! += one * examples.kernel(first, example) + two * examples.kernel(second, example);
    };
    for (let example = free.first; example >= 0; example = free.next(example))
      if (example !== first && example !== second) correct(example);
    correct(first);
    correct(second);
  }

  private findThresholds(first: number, second: number): void {
    const { free } = this;
    this.low = Number.NEGATIVE_INFINITY;
    this.up = Number.POSITIVE_INFINITY;
    for (let example = free.first; example >= 0; example = free.next(example)) this.consider(example);
    for (const example of [first, second]) if (!free.has(example)) this.consider(example);
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

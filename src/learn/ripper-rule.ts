import type { Matrix } from '../dataset/matrix.js';
import { tolerance } from './learner.js';

/** Fewest machines of its class that a new condition must cover (Weka's `-N`). */
const least = 2;

/** That a code is in a range: of one code, or all up to or all from a number of a numeric column. */
export interface Condition {
  readonly column: number;
  /** Least code, 0 or more. */
  readonly low: number;
  /** Greatest code. */
  readonly high: number;
}

/** What a rule is learnt for: one class against the classes that come after it. */
export interface RipperTask {
  readonly matrix: Matrix;
  /** 1 for each row of the class. */
  readonly positive: Uint8Array;
  /** Conditions that there are: values of all (probe, field) pairs. */
  readonly conditions: number;
}

interface Choice extends Condition {
  readonly gain: number;
  readonly positives: number;
  readonly covered: number;
}

/** Conditions that all hold; a missing value fulfils none. A rule without conditions covers everything. */
export class RipperRule {
  constructor(
    private readonly task: RipperTask,
    readonly conditions: readonly Condition[] = [],
  ) {}

  covers(row: number): boolean {
    return this.conditions.every((condition) => fulfils(this.task.matrix, condition, row));
  }

  /** The rule with conditions added while they gain (Weka's `RipperRule.grow`): FOIL's gain, first of equals. */
  grown(rows: Int32Array): RipperRule {
    const { matrix, positive } = this.task;
    const conditions = [...this.conditions];
    let left = rows;
    let rate = (count(left, positive) + 1) / (left.length + 1);
    for (;;) {
      // A numeric column may be asked more than once.
      const asked = conditions.map(({ column }) => column).filter((column) => !matrix.numbers?.[column]);
      if (left.length === 0 || asked.length >= matrix.columns || rate >= 1 - tolerance) break;
      const choice = this.bestCondition(left, rate, new Set(asked));
      if (!choice || choice.positives < least) break;
      const { column, high, low } = choice;
      conditions.push({ column, low, high });
      left = left.filter((row) => fulfils(matrix, choice, row));
      rate = (choice.positives + 1) / (choice.covered + 1);
    }
    return new RipperRule(this.task, conditions);
  }

  private bestCondition(rows: Int32Array, rate: number, used: ReadonlySet<number>): Choice | undefined {
    const { matrix, positive } = this.task;
    const height = matrix.rows.length;
    const positives = rows.filter((row) => positive[row] === 1);
    const negatives = rows.filter((row) => positive[row] === 0);
    const width = matrix.values.reduce((most, values) => Math.max(most, values), 0);
    const right = new Int32Array(width);
    const wrong = new Int32Array(width);
    const before = Math.log2(rate);
    let best: Choice | undefined;
    for (let column = 0; column < matrix.columns; column++) {
      const from = column * height;
      const values = matrix.values[column]!;
      right.fill(0, 0, values);
      let most = 0;
      for (let place = 0; place < positives.length; place++) {
        const code = matrix.codes[from + positives[place]!]!;
        if (code >= 0 && ++right[code]! > most) most = right[code]!;
      }
      const numeric = matrix.numbers?.[column] !== undefined;
      if (numeric) most = sumOf(right, values);
      // No value gains more than if it covered nothing but its positives.
      if (-most * before <= (best?.gain ?? 0) + tolerance || used.has(column)) continue;
      wrong.fill(0, 0, values);
      for (let place = 0; place < negatives.length; place++) {
        const code = matrix.codes[from + negatives[place]!]!;
        if (code >= 0) wrong[code]!++;
      }
      if (numeric) {
        const found = bestBound(right, wrong, values, before);
        if (found && found.gain > (best?.gain ?? 0) + tolerance) best = { column, ...found };
        continue;
      }
      for (let code = 0; code < values; code++) {
        const covered = right[code]! + wrong[code]!;
        const gain = right[code]! * (Math.log2((right[code]! + 1) / (covered + 1)) - before);
        if (gain > (best?.gain ?? 0) + tolerance)
          best = { column, low: code, high: code, gain, positives: right[code]!, covered };
      }
    }
    return best;
  }

  /**
   * The rule without its last conditions, as many as make it best on `rows`: all of them when none makes it better
   * than a rule that covers everything (`RipperRule.prune` of Weka 3.6; later versions leave such a rule whole).
   * @param whole judge by accuracy on all of `rows`, not by precision on those that the rule covers
   */
  pruned(rows: Int32Array, whole: boolean): RipperRule {
    if (rows.length === 0) return this;
    const { matrix, positive } = this.task;
    let best = (count(rows, positive) + 1) / (rows.length + 2);
    let kept = -1;
    let rejected = 0;
    let left = rows;
    for (const [place, condition] of this.conditions.entries()) {
      const covered = left.filter((row) => fulfils(matrix, condition, row));
      const right = count(covered, positive);
      rejected += left.length - covered.length - (count(left, positive) - right);
      const worth = whole ? (right + rejected) / rows.length : (right + 1) / (covered.length + 2);
      if (worth > best) {
        best = worth;
        kept = place;
      }
      left = covered;
    }
    return new RipperRule(this.task, this.conditions.slice(0, kept + 1));
  }
}

function fulfils({ codes, rows }: Matrix, { column, high, low }: Condition, row: number): boolean {
  const code = codes[column * rows.length + row]!;
  return code >= low && code <= high;
}

function sumOf(counts: Int32Array, values: number): number {
  let sum = 0;
  for (let code = 0; code < values; code++) sum += counts[code]!;
  return sum;
}

/** The best of all `at most` and `at least` a number that occurs, as JRip's `NumericAntd`; of equals the first. */
function bestBound(
  right: Int32Array,
  wrong: Int32Array,
  values: number,
  before: number,
): Omit<Choice, 'column'> | undefined {
  const gainOf = (positives: number, covered: number) =>
    positives * (Math.log2((positives + 1) / (covered + 1)) - before);
  let [above, allAbove] = [sumOf(right, values), sumOf(right, values) + sumOf(wrong, values)];
  let [below, allBelow] = [0, 0];
  let best: Omit<Choice, 'column'> | undefined;
  for (let code = 0; code < values; code++) {
    const own = right[code]! + wrong[code]!;
    if (own === 0) continue;
    below += right[code]!;
    allBelow += own;
    const [atMost, atLeast] = [gainOf(below, allBelow), gainOf(above, allAbove)];
    if (Math.max(atMost, atLeast) > (best?.gain ?? 0))
      best =
        atMost > atLeast
          ? { low: 0, high: code, gain: atMost, positives: below, covered: allBelow }
          : { low: code, high: values - 1, gain: atLeast, positives: above, covered: allAbove };
    above -= right[code]!;
    allAbove -= own;
  }
  return best;
}

function count(rows: Int32Array, positive: Uint8Array): number {
  let sum = 0;
  for (let place = 0; place < rows.length; place++) sum += positive[rows[place]!]!;
  return sum;
}

import type { Matrix } from '../dataset/matrix.js';
import { tolerance } from './learner.js';

/** Fewest machines of its class that a new condition must cover (Weka's `-N`). */
const least = 2;

export interface Condition {
  readonly column: number;
  readonly code: number;
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
    const { codes, rows } = this.task.matrix;
    return this.conditions.every(({ column, code }) => codes[column * rows.length + row] === code);
  }

  /** The rule with conditions added while they gain (Weka's `RipperRule.grow`): FOIL's gain, first of equals. */
  grown(rows: Int32Array): RipperRule {
    const { matrix, positive } = this.task;
    const conditions = [...this.conditions];
    let left = rows;
    let rate = (count(left, positive) + 1) / (left.length + 1);
    while (left.length > 0 && conditions.length < matrix.columns && rate < 1 - tolerance) {
      const choice = this.bestCondition(left, rate, new Set(conditions.map(({ column }) => column)));
      if (!choice || choice.positives < least) break;
      const { column, code } = choice;
      conditions.push({ column, code });
      left = left.filter((row) => matrix.codes[column * matrix.rows.length + row] === code);
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
      // No value gains more than if it covered nothing but its positives.
      if (-most * before <= (best?.gain ?? 0) + tolerance || used.has(column)) continue;
      wrong.fill(0, 0, values);
      for (let place = 0; place < negatives.length; place++) {
        const code = matrix.codes[from + negatives[place]!]!;
        if (code >= 0) wrong[code]!++;
      }
      for (let code = 0; code < values; code++) {
        const covered = right[code]! + wrong[code]!;
        const gain = right[code]! * (Math.log2((right[code]! + 1) / (covered + 1)) - before);
        if (gain > (best?.gain ?? 0) + tolerance)
          best = { column, code, gain, positives: right[code]!, covered };
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
    for (const [place, { code, column }] of this.conditions.entries()) {
      const covered = left.filter((row) => matrix.codes[column * matrix.rows.length + row] === code);
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

function count(rows: Int32Array, positive: Uint8Array): number {
  let sum = 0;
  for (let place = 0; place < rows.length; place++) sum += positive[rows[place]!]!;
  return sum;
}

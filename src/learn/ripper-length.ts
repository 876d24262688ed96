import { tolerance } from './learner.js';
import type { RipperRule, RipperTask } from './ripper-rule.js';

/** Description lengths of rules are halved, since conditions are not independent (Cohen 1995). */
const redundancy = 0.5;

/** Machines that a rule, or a list of rules, covers and leaves. */
interface Coverage {
  readonly covered: number;
  readonly uncovered: number;
  readonly truePositive: number;
  readonly falsePositive: number;
  readonly falseNegative: number;
}

/** Bits to name `k` of `n` things when each is expected with probability `p`. */
function subsetLength(n: number, k: number, p: number): number {
  return (p > tolerance ? -k * Math.log2(p) : 0) - (n - k) * Math.log2(1 - p);
}

/** Bits of the exceptions to a list of rules (Quinlan 1995; Weka's `RuleStats.dataDL`). */
export function exceptionsLength(
  share: number,
  { covered, falseNegative, falsePositive, uncovered }: Omit<Coverage, 'truePositive'>,
): number {
  const errors = falsePositive + falseNegative;
  const counting = Math.log2(covered + uncovered + 1);
  if (covered > uncovered + tolerance) {
    const wrong = subsetLength(covered, falsePositive, (share * errors) / covered);
    return (
      counting +
      wrong +
      (uncovered > 0 ? subsetLength(uncovered, falseNegative, falseNegative / uncovered) : 0)
    );
  }
  const wrong = covered > 0 ? subsetLength(covered, falsePositive, falsePositive / covered) : 0;
  return counting + wrong + subsetLength(uncovered, falseNegative, ((1 - share) * errors) / uncovered);
}

function ruleLength(rule: RipperRule, conditions: number): number {
  const k = rule.conditions.length;
  if (k === 0) return 0;
  const bits = Math.log2(k);
  return (
    redundancy * (bits + (k > 1 ? 2 * Math.log2(bits) : 0) + subsetLength(conditions, k, k / conditions))
  );
}

/** Rules for one class in their order, with what each covers of the machines that those before it left. */
export class RuleList {
  readonly rules: RipperRule[] = [];
  private readonly coverage: Coverage[] = [];
  /** Rows left by each rule. */
  private readonly rest: Int32Array[] = [];

  constructor(
    private readonly task: RipperTask,
    private readonly rows: Int32Array,
    /** Share of the class among the machines of its class and those after it: expected false positives. */
    private readonly share: number,
    rules: readonly RipperRule[] = [],
  ) {
    for (const rule of rules) this.push(rule);
  }

  push(rule: RipperRule): void {
    const { coverage, left } = this.measure(rule, this.left());
    this.rules.push(rule);
    this.coverage.push(coverage);
    this.rest.push(left);
  }

  pop(): void {
    this.rules.pop();
    this.coverage.pop();
    this.rest.pop();
  }

  /** Rows that the first `rules` rules leave. */
  left(rules = this.rules.length): Int32Array {
    return rules === 0 ? this.rows : this.rest[rules - 1]!;
  }

  /** Is the last rule wrong about half the machines that it covers, or right about none? */
  get lastIsPoor(): boolean {
    const { covered, falsePositive, truePositive } = this.coverage.at(-1)!;
    return truePositive === 0 || falsePositive / covered >= 0.5;
  }

  /** Bits that the list is longer with the rule than without it, later rules dropped where that is shorter. */
  relativeLength(place: number): number {
    const rule = ruleLength(this.rules[place]!, this.task.conditions);
    return this.shortest(this.coverage, place + 1) + rule - this.shortestWithout(place);
  }

  private shortestWithout(place: number): number {
    const before = this.coverage.slice(0, place);
    let left = this.left(place);
    const after = this.rules.slice(place + 1).map((rule) => {
      const measured = this.measure(rule, left);
      left = measured.left;
      return measured.coverage;
    });
    const rules = [...this.rules.slice(0, place), ...this.rules.slice(place + 1)];
    return this.shortest([...before, ...after], place, rules);
  }

  private shortest(
    coverage: readonly Coverage[],
    from: number,
    rules: readonly RipperRule[] = this.rules,
  ): number {
    let sum = this.total(coverage);
    let saved = 0;
    for (let place = from; place < rules.length; place++) {
      const dropped = this.drop(sum, coverage[place]!, rules[place]!);
      sum = dropped?.without ?? sum;
      saved += dropped?.saved ?? 0;
    }
    return exceptionsLength(this.share, sum) - saved;
  }

  private total(coverage: readonly Coverage[]): Coverage {
    const of = (pick: (one: Coverage) => number) => coverage.reduce((sum, one) => sum + pick(one), 0);
    const last = coverage.at(-1);
    return {
      covered: of((one) => one.covered),
      truePositive: of((one) => one.truePositive),
      falsePositive: of((one) => one.falsePositive),
      uncovered: last?.uncovered ?? this.rows.length,
      falseNegative: last?.falseNegative ?? this.rows.reduce((sum, row) => sum + this.task.positive[row]!, 0),
    };
  }

  /** The sum without a rule, and the bits that it saves; undefined when the rule had better stay. */
  private drop(
    sum: Coverage,
    own: Coverage,
    rule: RipperRule,
  ): { without: Coverage; saved: number } | undefined {
    const without = {
      covered: sum.covered - own.covered,
      uncovered: sum.uncovered + own.covered,
      truePositive: sum.truePositive - own.truePositive,
      falsePositive: sum.falsePositive - own.falsePositive,
      falseNegative: sum.falseNegative + own.truePositive,
    };
    const saved =
      exceptionsLength(this.share, sum) +
      ruleLength(rule, this.task.conditions) -
      exceptionsLength(this.share, without);
    const poor = own.covered === 0 || own.falsePositive / own.covered >= 0.5;
    return saved >= -tolerance || poor ? { without, saved } : undefined;
  }

  /** The list without rules that make it longer, the last looked at first. */
  reduced(): RuleList {
    let sum = this.total(this.coverage);
    const kept: RipperRule[] = [];
    for (let place = this.rules.length - 1; place >= 0; place--) {
      const rule = this.rules[place]!;
      const dropped = this.drop(sum, this.coverage[place]!, rule);
      if (dropped) sum = dropped.without;
      else kept.unshift(rule);
    }
    return kept.length === this.rules.length ? this : new RuleList(this.task, this.rows, this.share, kept);
  }

  private measure(rule: RipperRule, rows: Int32Array): { coverage: Coverage; left: Int32Array } {
    const left = rows.filter((row) => !rule.covers(row));
    const positives = (part: Int32Array) => part.reduce((sum, row) => sum + this.task.positive[row]!, 0);
    const falseNegative = positives(left);
    const truePositive = positives(rows) - falseNegative;
    const covered = rows.length - left.length;
    return {
      coverage: {
        covered,
        uncovered: left.length,
        truePositive,
        falsePositive: covered - truePositive,
        falseNegative,
      },
      left,
    };
  }
}

import type { Matrix } from '../dataset/matrix.js';
import type { RandomStream } from '../random.js';
import { splitSample } from './distribution.js';
import { type Labels, tolerance } from './learner.js';
import { lookalikes } from './lookalikes.js';
import { type Sample, SplitScorer } from './split-score.js';

export interface RandomTreeNode {
  /** Column asked; -1 for a leaf. */
  readonly column: number;
  /** By code of the column; none where no training machine had the value. */
  readonly sons: readonly (RandomTreeNode | undefined)[];
  /** Share of the machines in each branch. */
  readonly shares: Float64Array;
  /** Share of each class. */
  readonly classes: Float64Array;
  readonly machines: number;
}

const none = new Float64Array(0);

/**
 * Grows unpruned random trees as Weka's `RandomTree`: at each node the best gain among log2(F) + 1 of the F
 * informative (probe, field) pairs, drawn without replacement; when none of those has a gain, draws go on until
 * one has.
 */
export class RandomTreeGrower {
  private readonly scorer: SplitScorer;
  private readonly draws: number;
  /** One entry a (probe, field) pair: its column. The order is shuffled as trees draw from it. */
  private readonly window: Int32Array;
  private readonly scored: Int32Array;
  private readonly alike: Int32Array;
  private nodes = 0;

  constructor(
    private readonly matrix: Matrix,
    labels: Labels,
    machines: number,
  ) {
    this.scorer = new SplitScorer(matrix, labels, machines);
    this.window = new Int32Array(matrix.totals.informative);
    this.scored = new Int32Array(matrix.columns);
    this.alike = lookalikes(matrix);
    this.draws = Math.floor(Math.log2(Math.max(1, this.window.length))) + 1;
    let from = 0;
    for (let column = 0; column < matrix.columns; column++) {
      const to = from + matrix.multiplicity[column]!;
      this.window.fill(column, from, to);
      from = to;
    }
  }

  grow(sample: Sample, random: RandomStream): RandomTreeNode {
    const counts = this.scorer.begin(sample);
    const total = counts.reduce((sum, count) => sum + count, 0);
    const classes = counts.map((count) => count / total);
    const pure = counts.some((count) => Math.abs(count - total) < tolerance);
    const first = this.alike[sample.rows[0]!]!;
    const column =
      pure || total < 2 || sample.rows.every((row) => this.alike[row] === first) ? -1 : this.choose(random);
    if (column < 0) return { column, sons: [], shares: none, classes, machines: total };
    const shares = this.shares(column, sample);
    const sons = splitSample(this.matrix, column, sample, shares).map((part) =>
      part.rows.length === 0 ? undefined : this.grow(part, random),
    );
    return { column, sons, shares, classes, machines: total };
  }

  private choose(random: RandomStream): number {
    const node = ++this.nodes;
    let best = -1;
    let gain = tolerance;
    let left = this.window.length;
    for (let draw = 0; draw < this.draws && left > 0; draw++) {
      const place = random.below(left--);
      const column = this.window[place]!;
      this.window[place] = this.window[left]!;
      this.window[left] = column;
      if (this.scored[column] === node) continue;
      this.scored[column] = node;
      this.scorer.score(column);
      const ahead = this.scorer.gain - gain;
      if (ahead > 1e-12 || (ahead > -1e-12 && column < best)) {
        best = column;
        gain = this.scorer.gain;
      }
    }
    return best >= 0 || left === 0 ? best : this.chooseAny(random, node);
  }

  // Drawing on until a pair has a gain is drawing one of the pairs that have: one pass, not a draw for each pair.
  private chooseAny(random: RandomStream, node: number): number {
    let chosen = -1;
    let pairs = 0;
    for (let column = 0; column < this.matrix.columns; column++) {
      if (this.scored[column] === node) continue;
      this.scorer.score(column);
      if (this.scorer.gain <= tolerance) continue;
      const weight = this.matrix.multiplicity[column]!;
      pairs += weight;
      if (random.below(pairs) < weight) chosen = column;
    }
    return chosen;
  }

  private shares(column: number, sample: Sample): Float64Array {
    const shares = new Float64Array(this.matrix.values[column]!);
    const from = column * this.matrix.rows.length;
    let total = 0;
    for (const [place, row] of sample.rows.entries()) {
      const code = this.matrix.codes[from + row]!;
      if (code < 0) continue;
      const weight = sample.weights?.[place] ?? 1;
      shares[code]! += weight;
      total += weight;
    }
    return shares.map((share) => share / total);
  }
}

/** Adds `weight` times the class shares that the tree gives `row` to `sums`. */
export function addTreeShares(
  node: RandomTreeNode,
  matrix: Matrix,
  row: number,
  weight: number,
  sums: Float64Array,
): void {
  const code = node.column < 0 ? -1 : matrix.codes[node.column * matrix.rows.length + row]!;
  if (node.column >= 0 && code < 0) {
    for (const [bag, son] of node.sons.entries()) {
      if (son) addTreeShares(son, matrix, row, weight * node.shares[bag]!, sums);
    }
    return;
  }
  const son = node.sons[code];
  if (son) addTreeShares(son, matrix, row, weight, sums);
  else for (let label = 0; label < sums.length; label++) sums[label]! += weight * node.classes[label]!;
}

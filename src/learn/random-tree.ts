import type { Matrix } from '../dataset/matrix.js';
import type { RandomStream } from '../random.js';
import { branchOf, splitSample } from './distribution.js';
import { type Labels, tolerance } from './learner.js';
import { lookalikes } from './lookalikes.js';
import { DifferenceFinder } from './row-codes.js';
import { type Sample, SplitScorer } from './split-score.js';

export interface RandomTreeNode {
  /** Column asked; -1 for a leaf. */
  readonly column: number;
  /** Greatest code of the first of two branches; -1 where each code is a branch. */
  readonly limit: number;
  /** By branch; none where no training machine had the value. */
  readonly sons: readonly (RandomTreeNode | undefined)[];
  readonly machines: number;
  /** Machines by class of a leaf; or their only class. */
  readonly classes: Float64Array | number;
}

/** Draws among the columns that split a sample before all of them are scored. */
const patience = 8;

const none: readonly never[] = [];

/** Weka's: log2 of the number of informative (probe, field) pairs, and one. */
export const usualDraws = (pairs: number) => Math.floor(Math.log2(Math.max(1, pairs))) + 1;

/**
 * Grows unpruned random trees as Weka's `RandomTree`: at each node the best gain among log2(F) + 1 (or `draws`) of
 * the F informative (probe, field) pairs, drawn without replacement; when none of those has a gain, draws go on until
 * one has. A numeric column splits by its best threshold.
 */
export class RandomTreeGrower {
  private readonly scorer: SplitScorer;
  private readonly draws: number;
  /** One entry a (probe, field) pair: its column. The order is shuffled as trees draw from it. */
  private readonly window: Int32Array;
  private readonly scored: Int32Array;
  private readonly alike: Int32Array;
  private readonly differences: DifferenceFinder;
  private nodes = 0;

  constructor(
    private readonly matrix: Matrix,
    private readonly labels: Labels,
    machines: number,
    /** Pairs to draw at a node, of so many. */
    draws = usualDraws,
  ) {
    this.scorer = new SplitScorer(matrix, labels, machines);
    this.window = new Int32Array(matrix.totals.informative);
    this.scored = new Int32Array(matrix.columns);
    this.alike = lookalikes(matrix);
    this.differences = new DifferenceFinder(matrix);
    this.draws = draws(this.window.length);
    let from = 0;
    for (let column = 0; column < matrix.columns; column++) {
      const to = from + matrix.multiplicity[column]!;
      this.window.fill(column, from, to);
      from = to;
    }
  }

  grow(sample: Sample, random: RandomStream): RandomTreeNode {
    const { rows } = sample;
    const only = this.onlyClass(rows);
    if (only >= 0 && sample.weights === null)
      return { column: -1, limit: -1, sons: none, classes: only, machines: rows.length };
    const counts = this.scorer.begin(sample);
    const machines = this.scorer.total;
    const leaf = only >= 0 || machines < 2 || this.allAlike(rows);
    const column = leaf ? -1 : this.choose(rows, random);
    if (column < 0)
      return { column, limit: -1, sons: none, classes: only >= 0 ? only : counts.slice(), machines };
    const limit = this.limitOf(column);
    const shares = this.shares(column, sample, limit);
    const sons = splitSample(this.matrix, column, sample, shares, limit).map((part) =>
      part.rows.length === 0 ? undefined : this.grow(part, random),
    );
    return { column, limit, sons, classes: -1, machines };
  }

  /** The class of all rows; -1 when they have several. */
  private onlyClass(rows: Int32Array): number {
    const { codes } = this.labels;
    const first = codes[rows[0]!]!;
    for (let place = 1; place < rows.length; place++) if (codes[rows[place]!] !== first) return -1;
    return first;
  }

  private allAlike(rows: Int32Array): boolean {
    const first = this.alike[rows[0]!]!;
    for (let place = 1; place < rows.length; place++) if (this.alike[rows[place]!] !== first) return false;
    return true;
  }

  private choose(rows: Int32Array, random: RandomStream): number {
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
    return best >= 0 || left === 0 ? best : this.drawOn(rows, random, node);
  }

  /** Draws on among the pairs not drawn yet until one has a gain; -1 when none has. */
  private drawOn(rows: Int32Array, random: RandomStream, node: number): number {
    const { multiplicity } = this.matrix;
    // Only these can have a gain, and most of them have.
    const open = this.differences.among(rows);
    let left = 0;
    let pairs = 0;
    for (const column of open) {
      if (this.scored[column] === node) continue;
      open[left++] = column;
      pairs += multiplicity[column]!;
    }
    for (let draw = 0; draw < patience && left > 0; draw++) {
      let pair = random.below(pairs);
      let place = 0;
      while (pair >= multiplicity[open[place]!]!) pair -= multiplicity[open[place++]!]!;
      const column = open[place]!;
      if (this.hasGain(column)) return column;
      pairs -= multiplicity[column]!;
      open[place] = open[--left]!;
    }
    return this.drawScored(open.subarray(0, left), random);
  }

  /** One of the pairs of `columns` that have a gain: one pass over all, however few have. */
  private drawScored(columns: Int32Array, random: RandomStream): number {
    let chosen = -1;
    let pairs = 0;
    for (const column of columns) {
      if (!this.hasGain(column)) continue;
      const weight = this.matrix.multiplicity[column]!;
      pairs += weight;
      if (random.below(pairs) < weight) chosen = column;
    }
    return chosen;
  }

  private hasGain(column: number): boolean {
    this.scorer.score(column);
    return this.scorer.gain > tolerance;
  }

  /** Numbers less than the middle between the two that a threshold sets apart are below it. */
  private limitOf(column: number): number {
    const numbers = this.matrix.numbers?.[column];
    if (!numbers) return -1;
    this.scorer.score(column);
    const [below, above] = this.scorer.between;
    const middle = (numbers[below]! + numbers[above]!) / 2;
    let limit = below;
    while (limit + 1 < above && numbers[limit + 1]! < middle) limit++;
    return limit;
  }

  private shares(column: number, sample: Sample, limit: number): Float64Array {
    const shares = new Float64Array(limit < 0 ? this.matrix.values[column]! : 2);
    const from = column * this.matrix.rows.length;
    let total = 0;
    for (let place = 0; place < sample.rows.length; place++) {
      const code = this.matrix.codes[from + sample.rows[place]!]!;
      if (code < 0) continue;
      const weight = sample.weights === null ? 1 : sample.weights[place]!;
      shares[branchOf(code, limit)]! += weight;
      total += weight;
    }
    return shares.map((share) => share / total);
  }
}

/** Adds `share` times the machines of each class under `node` to `sums`. */
function addMachines(node: RandomTreeNode, share: number, sums: Float64Array): void {
  const { classes } = node;
  if (node.column >= 0) for (const son of node.sons) son && addMachines(son, share, sums);
  else if (typeof classes === 'number') sums[classes]! += share * node.machines;
  else for (let label = 0; label < sums.length; label++) sums[label]! += share * classes[label]!;
}

/**
 * Adds `weight` times the class shares that the tree gives `row` to `sums`: those of its leaf; of the node where its
 * value was never seen; of all branches, by their machines, where its value is missing.
 * @param swapped a column in which `row` has the value of the row `from`
 */
export function addTreeShares(
  tree: RandomTreeNode,
  matrix: Matrix,
  row: number,
  weight: number,
  sums: Float64Array,
  swapped = -1,
  from = row,
): void {
  let node = tree;
  while (node.column >= 0) {
    const code = matrix.codes[node.column * matrix.rows.length + (node.column === swapped ? from : row)]!;
    if (code < 0) {
      for (const son of node.sons)
        if (son)
          addTreeShares(son, matrix, row, (weight * son.machines) / node.machines, sums, swapped, from);
      return;
    }
    const son = node.sons[branchOf(code, node.limit)];
    if (!son) break;
    node = son;
  }
  addMachines(node, weight / node.machines, sums);
}

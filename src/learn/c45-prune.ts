import type { Matrix } from '../dataset/matrix.js';
import type { C45Node } from './c45-tree.js';
import { type Distribution, sampleDistribution, splitDistribution, splitSample } from './distribution.js';
import { type Labels, tolerance } from './learner.js';
import type { Sample } from './split-score.js';

/** Confidence factor of the pessimistic error estimate (Weka's `-C 0.25`) and its normal quantile. */
const confidence = 0.25;
const z = 0.6744897501960817;

/** Errors to expect beyond the `errors` seen in `total` machines: upper confidence limit (Weka's `Stats`). */
export function addedErrors(total: number, errors: number): number {
  if (errors < 1) {
    const base = total * (1 - confidence ** (1 / total));
    return errors === 0 ? base : base + errors * (addedErrors(total, 1) - base);
  }
  if (errors + 0.5 >= total) return Math.max(total - errors, 0);
  const f = (errors + 0.5) / total;
  const spread = z * Math.sqrt(f / total - (f * f) / total + (z * z) / (4 * total * total));
  return ((f + (z * z) / (2 * total) + spread) / (1 + (z * z) / total)) * total - errors;
}

function estimate(distribution: Distribution): number {
  if (distribution.total < tolerance) return 0;
  const errors = distribution.errors();
  return errors + addedErrors(distribution.total, errors);
}

function isLeaf(node: C45Node): boolean {
  return node.column < 0;
}

function sumOf(node: C45Node, leafFigure: (leaf: C45Node) => number): number {
  return isLeaf(node) ? leafFigure(node) : node.sons.reduce((sum, son) => sum + sumOf(son, leafFigure), 0);
}

/** Prunes a grown tree in place as Weka's `C45PruneableClassifierTree`: collapse, replace, raise. */
export class C45Pruner {
  constructor(
    private readonly matrix: Matrix,
    private readonly labels: Labels,
  ) {}

  prune(root: C45Node): void {
    this.collapse(root);
    this.shrink(root);
  }

  /** Subtrees that make no fewer training errors than a leaf become one. */
  private collapse(node: C45Node): void {
    if (isLeaf(node)) return;
    const errors = sumOf(node, (leaf) => leaf.distribution.errors());
    if (errors >= node.distribution.errors() - 1e-3) this.cut(node);
    else for (const son of node.sons) this.collapse(son);
  }

  private shrink(node: C45Node): void {
    if (isLeaf(node)) return;
    for (const son of node.sons) this.shrink(son);
    const largest = node.sons[node.distribution.largestBag()]!;
    const asBranch = this.estimateOver(largest, node.sample);
    const asLeaf = estimate(node.distribution);
    const asTree = sumOf(node, (leaf) => estimate(leaf.distribution));
    const limit = 0.1 + tolerance;
    if (asLeaf < asTree + limit && asLeaf < asBranch + limit) this.cut(node);
    else if (asBranch < asTree + limit) {
      node.sons = largest.sons;
      node.column = largest.column;
      node.limit = largest.limit;
      node.distribution = largest.distribution;
      this.refill(node, node.sample);
      this.shrink(node);
    }
  }

  private cut(node: C45Node): void {
    node.column = -1;
    node.sons = [];
    node.distribution = sampleDistribution(node.sample, this.labels);
  }

  /** Estimated errors of a subtree if all of `sample` came to it. */
  private estimateOver(node: C45Node, sample: Sample): number {
    if (isLeaf(node)) return estimate(sampleDistribution(sample, this.labels));
    const distribution = splitDistribution(this.matrix, node.column, sample, this.labels, node.limit);
    const parts = splitSample(this.matrix, node.column, sample, distribution.shares(), node.limit);
    return node.sons.reduce((sum, son, bag) => sum + this.estimateOver(son, parts[bag]!), 0);
  }

  private refill(node: C45Node, sample: Sample): void {
    node.sample = sample;
    if (isLeaf(node)) {
      node.distribution = sampleDistribution(sample, this.labels);
      if (node.distribution.total >= tolerance) node.empty = false;
      return;
    }
    node.distribution = splitDistribution(this.matrix, node.column, sample, this.labels, node.limit);
    const parts = splitSample(this.matrix, node.column, sample, node.distribution.shares(), node.limit);
    for (const [bag, son] of node.sons.entries()) this.refill(son, parts[bag]!);
  }
}

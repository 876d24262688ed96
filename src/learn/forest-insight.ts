import type { Matrix } from '../dataset/matrix.js';
import type { RandomStream } from '../random.js';
import { type ColumnWeight, classification, type Labels } from './learner.js';
import { addTreeShares, type RandomTreeNode } from './random-tree.js';

/** A tree and the training rows that it did not draw. */
export interface BaggedTree {
  readonly root: RandomTreeNode;
  readonly left: Int32Array;
}

/**
 * Share of the training machines that the trees which did not draw them answer right, by the mean of their shares;
 * machines that every tree drew do not count. Undefined when all are such.
 */
export function outOfBag(forest: readonly BaggedTree[], matrix: Matrix, labels: Labels): number | undefined {
  const sums = new Map<number, Float64Array>();
  for (const { left, root } of forest) {
    for (const row of left) {
      const own = sums.get(row) ?? new Float64Array(labels.classes.length);
      sums.set(row, own);
      addTreeShares(root, matrix, row, 1, own);
    }
  }
  const right = [...sums].filter(([row, own]) => {
    const { label } = classification(labels.classes, own);
    return label === labels.classes[labels.codes[row]!];
  });
  return sums.size > 0 ? right.length / sums.size : undefined;
}

/**
 * Permutation importance (Breiman 2001): by column, how much of a tree's accuracy on the machines that it did not draw
 * goes when their values in the column are shuffled among them; the mean over all trees, greatest first. All pairs of
 * a merged column are shuffled together. Columns on which no tree decides are left out.
 */
export function permutationImportance(
  forest: readonly BaggedTree[],
  matrix: Matrix,
  labels: Labels,
  random: RandomStream,
): ColumnWeight[] {
  const lost = new Map<number, number>();
  const sums = new Float64Array(labels.classes.length);
  for (const { left, root } of forest) {
    if (left.length === 0) continue;
    const rightAbout = (row: number, column: number, from: number) => {
      sums.fill(0);
      addTreeShares(root, matrix, row, 1, sums, column, from);
      return classification(labels.classes, sums).label === labels.classes[labels.codes[row]!] ? 1 : 0;
    };
    const before = left.reduce((sum, row) => sum + rightAbout(row, -1, row), 0);
    for (const column of columnsOf(root)) {
      const shuffled = random.shuffle(left.slice());
      const after = left.reduce((sum, row, place) => sum + rightAbout(row, column, shuffled[place]!), 0);
      lost.set(column, (lost.get(column) ?? 0) + (before - after) / left.length / forest.length);
    }
  }
  const columns = [...lost].map(([column, weight]) => ({ column, weight }));
  return columns.sort((one, other) => other.weight - one.weight || one.column - other.column);
}

function columnsOf(node: RandomTreeNode, found = new Set<number>()): Set<number> {
  if (node.column < 0) return found;
  found.add(node.column);
  for (const son of node.sons) if (son) columnsOf(son, found);
  return found;
}

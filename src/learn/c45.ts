import type { Matrix } from '../dataset/matrix.js';
import { C45Pruner } from './c45-prune.js';
import { C45Grower, type C45Node } from './c45-tree.js';
import { branchOf } from './distribution.js';
import { classification, columnName, type Labels, type Learner } from './learner.js';

function addProbabilities(
  node: C45Node,
  matrix: Matrix,
  row: number,
  weight: number,
  sums: Float64Array,
): void {
  if (node.column < 0) {
    addShares(node.distribution.probabilities(), weight, sums);
    return;
  }
  const code = matrix.codes[node.column * matrix.rows.length + row]!;
  const branch = branchOf(code, node.limit);
  const son = code < 0 ? undefined : node.sons[branch];
  if (son) {
    if (son.empty) addShares(node.distribution.probabilities(branch), weight, sums);
    else addProbabilities(son, matrix, row, weight, sums);
    return;
  }
  for (const [bag, share] of node.distribution.shares().entries()) {
    const part = node.sons[bag]!;
    if (!part.empty) addProbabilities(part, matrix, row, share * weight, sums);
  }
}

function addShares(shares: Float64Array, weight: number, sums: Float64Array): void {
  for (const [label, share] of shares.entries()) sums[label]! += weight * share;
}

function rounded(weight: number): string {
  return String(Number(weight.toFixed(2)));
}

function leafText(node: C45Node, labels: Labels): string {
  const { distribution } = node;
  const errors = distribution.errors();
  const wrong = errors > 0 ? `/${rounded(errors)}` : '';
  return `${labels.classes[distribution.largestClass()]} (${rounded(distribution.total)}${wrong})`;
}

function treeLines(node: C45Node, matrix: Matrix, labels: Labels, indent: string): string[] {
  const name = columnName(matrix, node.column);
  const { values } = matrix.describeColumn(node.column);
  return node.sons.flatMap((son, branch) => {
    if (son.empty) return [];
    const test = node.limit < 0 ? `= ${values[branch]}` : `${branch > 0 ? '>' : '<='} ${values[node.limit]}`;
    const head = `${indent}${name} ${test}`;
    if (son.column < 0) return [`${head}: ${leafText(son, labels)}`];
    return [head, ...treeLines(son, matrix, labels, `${indent}|   `)];
  });
}

function countColumns(node: C45Node, counts: Map<number, number>): Map<number, number> {
  if (node.column < 0) return counts;
  counts.set(node.column, (counts.get(node.column) ?? 0) + node.distribution.total);
  for (const son of node.sons) countColumns(son, counts);
  return counts;
}

/**
 * C4.5 as Weka 3.6's J48 with its defaults: gain ratio among columns of at least average gain, a branch for
 * each value, or two by the best threshold of a numeric one, two branches of two machines, pessimistic pruning with subtree raising, missing values by
 * fractions of machines. The same folds give the same answers as Weka's, machine by machine.
 */
export const c45: Learner = {
  name: 'c45',
  takesNumbers: true,
  fit(matrix, rows, labels) {
    const root = new C45Grower(matrix, labels, rows.length).grow(rows);
    new C45Pruner(matrix, labels).prune(root);
    return {
      classify(_matrix, row) {
        const sums = new Float64Array(labels.classes.length);
        addProbabilities(root, matrix, row, 1, sums);
        return classification(labels.classes, sums);
      },
      decidingColumns() {
        const counts = [...countColumns(root, new Map())];
        return counts.sort(([, one], [, other]) => other - one).map(([column]) => column);
      },
      describe: () =>
        root.column < 0 ? leafText(root, labels) : treeLines(root, matrix, labels, '').join('\n'),
    };
  },
};

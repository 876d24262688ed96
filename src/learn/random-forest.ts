import { classification, columnName, type Learner } from './learner.js';
import { addTreeShares, RandomTreeGrower, type RandomTreeNode } from './random-tree.js';

const trees = 100;
/** Columns that `describe` names. */
const shown = 10;

function countColumns(node: RandomTreeNode, counts: Map<number, number>): void {
  if (node.column < 0) return;
  counts.set(node.column, (counts.get(node.column) ?? 0) + node.machines);
  for (const son of node.sons) if (son) countColumns(son, counts);
}

/**
 * Random forest as Weka's: 100 unpruned random trees, each on as many machines drawn with replacement; the
 * distribution is the mean of the trees' leaves.
 */
export const randomForest: Learner = {
  name: 'random-forest',
  fit(matrix, rows, labels, random) {
    const grower = new RandomTreeGrower(matrix, labels, rows.length);
    const forest = Array.from({ length: trees }, () => {
      const bag = rows.map(() => rows[random.below(rows.length)]!);
      return grower.grow({ rows: bag, weights: null }, random);
    });
    const ranked = () => {
      const counts = new Map<number, number>();
      for (const tree of forest) countColumns(tree, counts);
      return [...counts].sort(([, one], [, other]) => other - one);
    };
    return {
      classify(_matrix, row) {
        const sums = new Float64Array(labels.classes.length);
        for (const tree of forest) addTreeShares(tree, matrix, row, 1 / trees, sums);
        return classification(labels.classes, sums);
      },
      decidingColumns: () => ranked().map(([column]) => column),
      describe() {
        const columns = ranked();
        const total = columns.reduce((sum, [, count]) => sum + count, 0);
        const lines = columns.slice(0, shown).map(([column, count]) => {
          return `${((100 * count) / total).toFixed(1)} % ${columnName(matrix, column)}`;
        });
        return [`${trees} trees over ${columns.length} columns; share of the machines asked:`, ...lines].join(
          '\n',
        );
      },
    };
  },
};

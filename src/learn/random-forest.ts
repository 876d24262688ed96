import { type BaggedTree, outOfBag, permutationImportance } from './forest-insight.js';
import { classification, type Insight, type Learner, weightLines } from './learner.js';
import { addTreeShares, RandomTreeGrower, type RandomTreeNode } from './random-tree.js';

const trees = 100;
/** Columns that `describe` names. */
const shown = 10;

function countColumns(node: RandomTreeNode, counts: Map<number, number>): void {
  if (node.column < 0) return;
  counts.set(node.column, (counts.get(node.column) ?? 0) + node.machines);
  for (const son of node.sons) if (son) countColumns(son, counts);
}

/** The random forest with another number of pairs to draw at a node than Weka's. */
export const randomForestOf = (draws?: (pairs: number) => number): Learner => ({
  name: 'random-forest',
  takesNumbers: true,
  fit(matrix, rows, labels, random) {
    const grower = new RandomTreeGrower(matrix, labels, rows.length, draws);
    const forest = Array.from({ length: trees }, (): BaggedTree => {
      const bag = rows.map(() => rows[random.below(rows.length)]!);
      const drawn = new Set(bag);
      return {
        root: grower.grow({ rows: bag, weights: null }, random),
        left: rows.filter((row) => !drawn.has(row)),
      };
    });
    let known: Insight | undefined;
    const insight = (): Insight => {
      if (known) return known;
      const share = outOfBag(forest, matrix, labels);
      const importance = permutationImportance(forest, matrix, labels, random.fork('importance'));
      known = { ...(share !== undefined && { outOfBag: share }), importance };
      return known;
    };
    const ranked = () => {
      const counts = new Map<number, number>();
      for (const { root } of forest) countColumns(root, counts);
      return [...counts]
        .sort(([, one], [, other]) => other - one)
        .map(([column, weight]) => ({ column, weight }));
    };
    return {
      classify(_matrix, row) {
        const sums = new Float64Array(labels.classes.length);
        for (const { root } of forest) addTreeShares(root, matrix, row, 1 / trees, sums);
        return classification(labels.classes, sums);
      },
      decidingColumns: () => ranked().map(({ column }) => column),
      describe() {
        const columns = ranked();
        return [
          `${trees} trees over ${columns.length} columns; share of the machines asked:`,
          ...weightLines(matrix, columns, shown),
        ].join('\n');
      },
      insight,
    };
  },
});

/**
 * Random forest as Weka's: 100 unpruned random trees, each on as many machines drawn with replacement; the
 * distribution is the mean of the trees' leaves.
 */
export const randomForest: Learner = randomForestOf();

import { classification, type Learner } from './learner.js';
import { load, refuseAbove, shares, trivial } from './mljs.js';
import { OneHot, oneHotWidth } from './one-hot.js';

interface Forest {
  train(features: readonly number[][], classes: readonly number[]): void;
  predictionValues(features: readonly number[][]): { getRow(row: number): number[] };
  /** Features that each tree was given. */
  readonly indexes: readonly number[][];
  readonly estimators: readonly { readonly root: Node }[];
}

interface Node {
  /** Place of the feature among those of the tree; undefined in leaves. */
  readonly splitColumn?: number;
  readonly numberSamples?: number;
  readonly left?: Node;
  readonly right?: Node;
}

/** For a feature of one tree and rows to the power of 3/2; measured at 60 and 120 rows, 1000 and 10000 columns. */
const secondsEach = 4.5e-6;

function countColumns(node: Node | undefined, columns: readonly number[], counts: Map<number, number>): void {
  if (node?.splitColumn === undefined) return;
  const column = columns[node.splitColumn]!;
  counts.set(column, (counts.get(column) ?? 0) + (node.numberSamples ?? 0));
  countColumns(node.left, columns, counts);
  countColumns(node.right, columns, counts);
}

function decidingColumns({ estimators, indexes }: Forest, columnOf: Int32Array): number[] {
  const counts = new Map<number, number>();
  for (const [tree, { root }] of estimators.entries()) {
    const columns = indexes[tree]!.map((feature) => columnOf[feature]!);
    countColumns(root, columns, counts);
  }
  return [...counts].sort(([, one], [, other]) => other - one).map(([column]) => column);
}

/**
 * The npm package ml-random-forest: `trees` trees of CART, each on as many machines drawn with replacement and on the
 * square root of the number of features, drawn once for the whole tree. The distribution is the trees' votes,
 * counted here: the package's own probabilities leave out the first tree.
 *
 * `fit` throws InputError above a size that takes more than ten minutes for ten folds.
 */
export const mljsForestOf = (trees: number): Learner => ({
  name: 'mljs-random-forest',
  fit(matrix, rows, labels, random) {
    const simple = trivial(matrix, rows, labels, random);
    if (simple) return simple;
    const width = oneHotWidth(matrix);
    // 1 would mean all.
    const maxFeatures = Math.min(width, Math.max(2, Math.round(Math.sqrt(width))));
    const seconds = secondsEach * trees * maxFeatures * rows.length ** 1.5;
    refuseAbove('mljs-random-forest', 'random-forest', `${rows.length} rows and ${width} features`, seconds);
    const { RandomForestClassifier } = load('ml-random-forest') as {
      RandomForestClassifier: new (options: object) => Forest;
    };
    const coding = new OneHot(matrix, rows);
    const forest = new RandomForestClassifier({
      ...{ nEstimators: trees, maxFeatures, replacement: false, noOOB: true },
      seed: random.uint32() >> 0,
    });
    forest.train(
      Array.from(rows, (row) => coding.row(matrix, row)),
      Array.from(rows, (row) => labels.codes[row]!),
    );
    return {
      classify(given, row) {
        const votes = new Float64Array(labels.classes.length);
        for (const code of forest.predictionValues([coding.row(given, row)]).getRow(0)) votes[code]!++;
        return classification(labels.classes, shares(votes));
      },
      decidingColumns: () => decidingColumns(forest, coding.columnOf),
      describe: () => `${trees} trees, each over ${maxFeatures} of ${width} features (ml-random-forest)`,
    };
  },
});

export const mljsRandomForest = mljsForestOf(100);

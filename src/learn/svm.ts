import type { Matrix } from '../dataset/matrix.js';
import type { RandomStream } from '../random.js';
import { classCounts, type Labels, type Learner, weightLines } from './learner.js';
import { linearColumns } from './linear-columns.js';
import { indicatorDistances } from './overlap-distance.js';
import { couple } from './pairwise-coupling.js';
import { fitSigmoid, type Sigmoid, sigmoidAt } from './platt.js';
import { trainMachine } from './smo.js';

/** Folds in which the outputs that calibrate a pair are made. */
const calibrationFolds = 5;
/** Columns that `describe` names. */
const shown = 10;

/** Tells two classes apart; its output is positive for the second. */
interface Pair {
  readonly first: number;
  readonly second: number;
  /** Training rows of both classes. */
  readonly rows: Int32Array;
  readonly weights: Float64Array;
  readonly threshold: number;
  readonly sigmoid: Sigmoid;
}

/** The kernel -d²/2 times C, whatever intercept it leaves out, of chosen rows out of `height`. */
class Kernel {
  constructor(
    private readonly distances: Float64Array,
    private readonly height: number,
    private readonly cost: number,
  ) {}

  at(one: number, other: number): number {
    return -0.5 * this.cost * this.distances[one * this.height + other]!;
  }

  of(rows: Int32Array): Float64Array {
    const part = new Float64Array(rows.length * rows.length);
    for (const [to, one] of rows.entries())
      for (const [place, other] of rows.entries()) part[to * rows.length + place] = this.at(one, other);
    return part;
  }
}

function train(kernel: Kernel, rows: Int32Array, signs: Int8Array) {
  const found = [1, -1].filter((sign) => signs.includes(sign));
  if (found.length === 1) return { weights: new Float64Array(rows.length), threshold: -found[0]! };
  return trainMachine(kernel.of(rows), signs);
}

function outputOf(
  kernel: Kernel,
  { rows, weights, threshold }: Pick<Pair, 'rows' | 'weights' | 'threshold'>,
  row: number,
): number {
  let sum = -threshold;
  for (let place = 0; place < rows.length; place++)
    if (weights[place] !== 0) sum += weights[place]! * kernel.at(rows[place]!, row);
  return sum;
}

/** Outputs for each row of machines trained without it: those of its own machine would be too sure. */
function heldOutOutputs(
  kernel: Kernel,
  rows: Int32Array,
  signs: Int8Array,
  random: RandomStream,
): Float64Array {
  const outputs = new Float64Array(rows.length);
  const order = random.shuffle(Int32Array.from(rows.keys()));
  const folds = Math.min(calibrationFolds, rows.length);
  for (let fold = 0; fold < folds; fold++) {
    const kept = order.filter((_, turn) => turn % folds !== fold);
    const part = kept.map((place) => rows[place]!);
    const machine = train(
      kernel,
      part,
      Int8Array.from(kept, (place) => signs[place]!),
    );
    for (let turn = fold; turn < order.length; turn += folds)
      outputs[order[turn]!] = outputOf(kernel, { rows: part, ...machine }, rows[order[turn]!]!);
  }
  return outputs;
}

function fitPairs(kernel: Kernel, rows: Int32Array, labels: Labels, random: RandomStream): Pair[] {
  const present = [...classCounts(rows, labels).entries()].filter(([, count]) => count > 0);
  const members = present.map(([code]) => rows.filter((row) => labels.codes[row] === code));
  return present.flatMap(([first], one) =>
    present.slice(one + 1).map(([second], after) => {
      const both = Int32Array.from([...members[one]!, ...members[one + 1 + after]!]);
      const signs = Int8Array.from(both, (row) => (labels.codes[row] === first ? -1 : 1));
      const outputs = heldOutOutputs(kernel, both, signs, random.fork(`${first}/${second}`));
      const sigmoid = fitSigmoid(
        outputs.map((output) => -output),
        Uint8Array.from(signs, (sign) => (sign < 0 ? 1 : 0)),
      );
      return { first, second, rows: both, ...train(kernel, both, signs), sigmoid };
    }),
  );
}

function describe(matrix: Matrix, rows: Int32Array, pairs: readonly Pair[], labels: Labels): string {
  const supports = pairs.map(({ rows: both, weights }) => both.filter((_, place) => weights[place] !== 0));
  const lines = pairs.map(
    ({ first, second, rows: both }, place) =>
      `${labels.classes[first]} or ${labels.classes[second]}: ${supports[place]!.length} of ${both.length} machines`,
  );
  const used = new Set(supports.flatMap((part) => [...part])).size;
  return [
    `${pairs.length} machines of two classes over ${matrix.totals.informative} columns; ${used} of ${rows.length} ` +
      `training machines support them:`,
    ...lines,
    'share of the squared weights:',
    ...weightLines(matrix, linearColumns(matrix, pairs, 0.5), shown),
  ].join('\n');
}

/** The support vector machine with another C than Weka's. */
export const svmOf = (cost: number): Learner => ({
  name: 'svm',
  fit(matrix, rows, labels, random) {
    const kernel = new Kernel(indicatorDistances(matrix, rows), matrix.rows.length, cost);
    const pairs = fitPairs(kernel, rows, labels, random);
    const present = [...new Set(rows.map((row) => labels.codes[row]!))].sort((one, other) => one - other);
    const place = new Map(present.map((code, at) => [code, at]));
    return {
      classify(_matrix, row) {
        const votes = new Int32Array(labels.classes.length);
        const shares = new Float64Array(present.length ** 2);
        for (const pair of pairs) {
          const output = outputOf(kernel, pair, row);
          votes[output > 0 ? pair.second : pair.first]!++;
          const [one, other] = [place.get(pair.first)!, place.get(pair.second)!];
          const share = sigmoidAt(pair.sigmoid, -output);
          shares[one * present.length + other] = share;
          shares[other * present.length + one] = 1 - share;
        }
        const distribution = new Float64Array(labels.classes.length);
        for (const [at, share] of couple(shares, present.length).entries())
          distribution[present[at]!] = share;
        const most = present.length === 1 ? present[0]! : votes.indexOf(Math.max(...votes));
        return { label: labels.classes[most]!, confidence: distribution[most]!, distribution };
      },
      decidingColumns: () => [],
      describe: () => describe(matrix, rows, pairs, labels),
      columnWeights: () => linearColumns(matrix, pairs, 0.5),
    };
  },
});

/**
 * Linear support vector machines, one against one, as Weka's SMO with defaults (C = 1): the class with the most
 * votes, the first of equals. Confidences are calibrated, where Weka's are shares of votes: Platt's scaling of
 * outputs for machines held out, coupled over the pairs; a class may be likelier than the one with the most votes.
 */
export const svm: Learner = svmOf(1);

import type { Matrix } from '../dataset/matrix.js';
import type { RandomStream } from '../random.js';
import { JavaRandom } from './java-random.js';
import { type ColumnWeight, type Labels, type Learner, weightLines } from './learner.js';
import { couple } from './pairwise-coupling.js';
import { fitSigmoid, type Sigmoid, sigmoidAt } from './platt.js';
import { type Machine, type Trainer, trainerOf } from './svm-machine.js';

/** Folds in which the outputs that calibrate a pair are made. */
const calibrationFolds = 5;
/** Columns that `describe` names. */
const shown = 10;
/** Weka's seed of the order of examples (`-W`). */
const orderSeed = 1;

/** Tells two classes apart. */
interface Pair {
  readonly first: number;
  readonly second: number;
  /** Training rows of both classes. */
  readonly rows: Int32Array;
  readonly machine: Machine;
  readonly sigmoid: Sigmoid;
}

/** Outputs for each row of machines trained without it: those of its own machine would be too sure. */
function heldOutOutputs(
  trainer: Trainer,
  rows: Int32Array,
  signs: Int8Array,
  random: RandomStream,
): Float64Array {
  const outputs = new Float64Array(rows.length);
  const order = random.shuffle(Int32Array.from(rows.keys()));
  const folds = Math.min(calibrationFolds, rows.length);
  for (let fold = 0; fold < folds; fold++) {
    const kept = order.filter((_, turn) => turn % folds !== fold);
    const machine = trainer.train(
      kept.map((place) => rows[place]!),
      Int8Array.from(kept, (place) => signs[place]!),
    );
    for (let turn = fold; turn < order.length; turn += folds)
      outputs[order[turn]!] = machine.output(rows[order[turn]!]!);
  }
  return outputs;
}

function fitPairs(trainer: Trainer, rows: Int32Array, labels: Labels, random: RandomStream): Pair[] {
  const members = labels.classes.map((_, code) => rows.filter((row) => labels.codes[row] === code));
  const order = new JavaRandom(orderSeed);
  return members.flatMap((ofFirst, first) =>
    members.slice(first + 1).flatMap((ofSecond, after) => {
      const second = first + 1 + after;
      // Weka draws for a class without machines, too.
      const both = order.shuffle(Int32Array.from([...ofFirst, ...ofSecond]));
      if (ofFirst.length === 0 || ofSecond.length === 0) return [];
      const signs = Int8Array.from(both, (row) => (labels.codes[row] === first ? -1 : 1));
      const outputs = heldOutOutputs(trainer, both, signs, random.fork(`${first}/${second}`));
      const sigmoid = fitSigmoid(
        outputs.map((output) => -output),
        Uint8Array.from(signs, (sign) => (sign < 0 ? 1 : 0)),
      );
      return [{ first, second, rows: both, machine: trainer.train(both, signs), sigmoid }];
    }),
  );
}

function describe(
  matrix: Matrix,
  rows: Int32Array,
  pairs: readonly Pair[],
  labels: Labels,
  columns: readonly ColumnWeight[],
): string {
  const supports = pairs.map(({ machine }) => machine.supports);
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
    ...weightLines(matrix, columns, shown),
  ].join('\n');
}

/** The support vector machine with another C than Weka's. */
export const svmOf = (cost: number): Learner => ({
  name: 'svm',
  takesNumbers: true,
  fit(matrix, rows, labels, random) {
    const trainer = trainerOf(matrix, rows, cost);
    const pairs = fitPairs(trainer, rows, labels, random);
    const columns = () => trainer.columnWeights(pairs.map(({ machine }) => machine));
    const present = [...new Set(rows.map((row) => labels.codes[row]!))].sort((one, other) => one - other);
    const place = new Map(present.map((code, at) => [code, at]));
    return {
      classify(_matrix, row) {
        const votes = new Int32Array(labels.classes.length);
        const shares = new Float64Array(present.length ** 2);
        for (const pair of pairs) {
          const output = pair.machine.output(row);
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
      describe: () => describe(matrix, rows, pairs, labels, columns()),
      columnWeights: columns,
    };
  },
});

/**
 * Linear support vector machines, one against one, as Weka's SMO with defaults (C = 1): the class with the most
 * votes, the first of equals. Confidences are calibrated, where Weka's are shares of votes: Platt's scaling of
 * outputs for machines held out, coupled over the pairs; a class may be likelier than the one with the most votes.
 */
export const svm: Learner = svmOf(1);

import { InputError } from '../errors.js';
import type { RandomStream } from '../random.js';
import { classCounts, classification, type Labels, type Learner } from './learner.js';
import { load, refuseAbove, shares, trivial } from './mljs.js';
import { indicatorDistances } from './overlap-distance.js';

interface Machine {
  train(features: readonly number[][], signs: readonly number[]): void;
  predict(features: readonly number[]): number;
}

/** For the rows squared: three times what 296 rows of 29 classes took, since machines hard to separate take longer. */
const secondsEach = 1e-5;

type MachineClass = new (options: object) => Machine;

/** Tells two classes apart: negative for the first. */
interface Pair {
  readonly first: number;
  readonly second: number;
  readonly machine: Machine;
}

/**
 * The linear kernel of the one-hot matrix over numbers of rows, divided by the number of (probe, field) pairs: on the
 * features themselves the package fails from some thousand of them, and on constant ones. C makes up for it.
 */
function kernelOf(distances: Float64Array, height: number, pairs: number) {
  const compute = ([one]: number[], [other]: number[]) => -distances[one! * height + other!]! / 2 / pairs;
  return { kernel: { compute }, C: pairs };
}

type Kernel = ReturnType<typeof kernelOf>;

function fitPair(
  Svm: MachineClass,
  kernel: Kernel,
  members: readonly [Int32Array, Int32Array],
  between: string,
  random: RandomStream,
): Machine {
  const machine = new Svm({ ...kernel, whitening: false, random: () => random.float() });
  const rows = [...members[0], ...members[1]];
  const signs = rows.map((_, place) => (place < members[0].length ? -1 : 1));
  try {
    machine.train(
      rows.map((row) => [row]),
      signs,
    );
  } catch (error) {
    throw new InputError(`mljs-svm does not tell ${between} apart: ${(error as Error).message}.`, {
      remedy: 'Take svm.',
    });
  }
  return machine;
}

function fitPairs(kernel: Kernel, rows: Int32Array, labels: Labels, random: RandomStream): readonly Pair[] {
  const Svm = load('ml-svm') as MachineClass;
  const present = [...classCounts(rows, labels).entries()].filter(([, count]) => count > 0);
  const members = present.map(([code]) => rows.filter((row) => labels.codes[row] === code));
  return present.flatMap(([first], one) =>
    present.slice(one + 1).map(([second], after) => {
      const between = `${labels.classes[first]} and ${labels.classes[second]}`;
      const both = [members[one]!, members[one + 1 + after]!] as const;
      return { first, second, machine: fitPair(Svm, kernel, both, between, random) };
    }),
  );
}

/**
 * The npm package ml-svm, which tells two classes apart: one against one, C = 1, with its linear kernel scaled by the
 * number of (probe, field) pairs. The distribution is shares of votes, since its margins are not calibrated.
 *
 * `fit` throws InputError above a size that takes more than ten minutes for ten folds, and where the package does not
 * converge.
 */
export const mljsSvm: Learner = {
  name: 'mljs-svm',
  fit(matrix, rows, labels, random) {
    const simple = trivial(matrix, rows, labels, random);
    if (simple) return simple;
    const height = matrix.rows.length;
    refuseAbove('mljs-svm', 'svm', `${rows.length} rows`, secondsEach * rows.length ** 2);
    const kernel = kernelOf(indicatorDistances(matrix, rows), height, matrix.totals.informative);
    const pairs = fitPairs(kernel, rows, labels, random);
    return {
      classify(_matrix, row) {
        const votes = new Float64Array(labels.classes.length);
        for (const { first, second, machine } of pairs) votes[machine.predict([row]) < 0 ? first : second]!++;
        return classification(labels.classes, shares(votes));
      },
      decidingColumns: () => [],
      describe: () =>
        `${pairs.length} machines of two classes over ${matrix.totals.informative} columns (ml-svm)`,
    };
  },
};

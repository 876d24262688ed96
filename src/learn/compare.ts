import { randomStream } from '../random.js';
import { holm, pairedTest } from './paired-test.js';

/** What one learner got right on the folds that all learners of a comparison had. */
export interface Contestant {
  readonly learner: string;
  /** By machine: share of the repeats in which it was right. */
  readonly right: readonly number[];
}

/** Two learners on the same machines and folds, in the shape in which results record them. */
export interface LearnerComparison {
  learners: [string, string];
  /** Accuracy of the first less that of the second. */
  difference: number;
  /** Machines that one of the two was right about more often. */
  machines: number;
  /** Two-sided p-value of a paired permutation test by machine, and the same by Holm's correction. */
  p: number;
  p_holm: number;
}

/** Every pair of learners compared, corrected for the number of pairs. */
export function compareLearners(
  contestants: readonly Contestant[],
  seed: number | string,
): LearnerComparison[] {
  const pairs = contestants.flatMap((one, place) =>
    contestants.slice(place + 1).map((other) => {
      const differences = one.right.map((share, machine) => share - other.right[machine]!);
      const random = randomStream(seed, `compare/${one.learner}/${other.learner}`);
      return {
        learners: [one.learner, other.learner] as [string, string],
        difference: differences.reduce((sum, difference) => sum + difference, 0) / differences.length,
        machines: differences.filter((difference) => difference !== 0).length,
        p: pairedTest(differences, random),
      };
    }),
  );
  const corrected = holm(pairs.map(({ p }) => p));
  return pairs.map((pair, place) => ({ ...pair, p_holm: corrected[place]! }));
}

import type { RandomStream } from '../random.js';

/** Differences that are not 0 are flipped in every way up to this many, and at random beyond. */
const mostExact = 16;
const draws = 10_000;
/** Sums closer than this are equal: they are sums of the same shares in another order. */
const rounding = 1e-9;

/**
 * Two-sided p-value of a paired permutation test on the mean: how often the sum of the differences, each with a sign
 * at random, is as far from 0 as theirs is. With differences of -1, 0 and 1 it is McNemar's exact test.
 * @param differences one a machine
 */
export function pairedTest(differences: readonly number[], random: RandomStream): number {
  const moved = differences.filter((difference) => Math.abs(difference) > rounding);
  if (moved.length === 0) return 1;
  const seen = Math.abs(moved.reduce((sum, difference) => sum + difference, 0)) - rounding;
  if (moved.every((difference) => Math.abs(Math.abs(difference) - Math.abs(moved[0]!)) < rounding))
    return signTest(moved.filter((difference) => difference > 0).length, moved.length);
  const flipped = (isFlipped: (place: number) => boolean) =>
    Math.abs(
      moved.reduce((sum, difference, place) => sum + (isFlipped(place) ? -difference : difference), 0),
    ) >= seen;
  let extreme = 0;
  if (moved.length <= mostExact) {
    for (let signs = 0; signs < 2 ** moved.length; signs++)
      if (flipped((place) => ((signs >> place) & 1) === 1)) extreme++;
    return extreme / 2 ** moved.length;
  }
  for (let draw = 0; draw < draws; draw++) if (flipped(() => random.below(2) === 1)) extreme++;
  return (extreme + 1) / (draws + 1);
}

/** Twice the smaller tail of `wins` among `n` tosses of a fair coin, at most 1. */
function signTest(wins: number, n: number): number {
  const least = Math.min(wins, n - wins);
  let logChoose = 0;
  let tail = 0;
  for (let k = 0; k <= least; k++) {
    if (k > 0) logChoose += Math.log((n - k + 1) / k);
    tail += Math.exp(logChoose - n * Math.LN2);
  }
  return Math.min(1, 2 * tail);
}

/** p-values corrected for their number by Holm's method (S. Holm 1979), in the order given. */
export function holm(p: readonly number[]): number[] {
  const order = [...p.keys()].sort((one, other) => p[one]! - p[other]!);
  const corrected = new Array<number>(p.length);
  let most = 0;
  for (const [rank, place] of order.entries()) {
    most = Math.max(most, Math.min(1, (p.length - rank) * p[place]!));
    corrected[place] = most;
  }
  return corrected;
}

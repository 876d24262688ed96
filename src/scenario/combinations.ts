import { randomStream } from '../random.js';

/** How many combinations `lists` have: the product of their lengths. */
export function countCombinations(lists: readonly (readonly unknown[])[]): number {
  return lists.reduce((product, list) => product * list.length, 1);
}

/** One value of each list: combination `index` of {@link countCombinations}, the last list turning fastest. */
export function combination<T extends readonly (readonly unknown[])[]>(
  lists: T,
  index: number,
): { -readonly [K in keyof T]: T[K][number] } {
  const chosen: unknown[] = [];
  let rest = index;
  for (let at = lists.length - 1; at >= 0; at--) {
    const list = lists[at]!;
    chosen[at] = list[rest % list.length];
    rest = Math.floor(rest / list.length);
  }
  return chosen as { -readonly [K in keyof T]: T[K][number] };
}

/**
 * `wanted` different numbers below `total` (1..2^32), in ascending order, drawn from the stream (seed, name).
 * A larger sample of the same stream contains the smaller. (Fisher-Yates on a table that holds only what was
 * moved, so that huge products cost nothing.)
 */
export function sample(total: number, wanted: number, seed: number | string, name: string): number[] {
  const random = randomStream(seed, name);
  const moved = new Map<number, number>();
  const chosen: number[] = [];
  for (let at = 0; at < wanted; at++) {
    const other = at + random.below(total - at);
    chosen.push(moved.get(other) ?? other);
    moved.set(other, moved.get(at) ?? at);
  }
  return chosen.sort((a, b) => a - b);
}

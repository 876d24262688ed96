import type { Matrix } from '../dataset/matrix.js';

/** A bit for each pair of rows (0-1, 0-2, 1-2, 0-3, ...), set where both have a known value in `column`, and not the same. */
export function pairsApart(matrix: Matrix, column: number): Uint32Array {
  const height = matrix.rows.length;
  const codes = matrix.codes.subarray(column * height, (column + 1) * height);
  const pairs = new Uint32Array(Math.ceil((height * (height - 1)) / 2 / 32));
  let pair = 0;
  for (let row = 1; row < height; row++)
    for (let other = 0; other < row; other++, pair++)
      if (codes[row] !== codes[other] && codes[row]! >= 0 && codes[other]! >= 0)
        pairs[pair >>> 5]! |= 1 << (pair & 31);
  return pairs;
}

/** Puts `pairs` into `into`, too. */
export function joinPairs(into: Uint32Array, pairs: Uint32Array): void {
  for (let word = 0; word < into.length; word++) into[word]! |= pairs[word]!;
}

/** How many of `pairs` are not among `known`. */
export function countBeyond(pairs: Uint32Array, known: Uint32Array): number {
  let count = 0;
  for (let word = 0; word < pairs.length; word++) count += ones(pairs[word]! & ~known[word]!);
  return count;
}

/** The pairs of rows that any column tells apart. */
export function allPairsApart(matrix: Matrix): Uint32Array {
  const height = matrix.rows.length;
  const all = new Uint32Array(Math.ceil((height * (height - 1)) / 2 / 32));
  for (let column = 0; column < matrix.columns; column++) joinPairs(all, pairsApart(matrix, column));
  return all;
}

/** Whether a pair of different rows is in a set of them. */
export function isApart(pairs: Uint32Array, one: number, other: number): boolean {
  const [low, high] = one < other ? [one, other] : [other, one];
  const pair = (high * (high - 1)) / 2 + low;
  return ((pairs[pair >>> 5]! >>> (pair & 31)) & 1) === 1;
}

/** How many pairs there are in a set of them. */
export function countPairs(pairs: Uint32Array): number {
  return pairs.reduce((sum, word) => sum + ones(word), 0);
}

function ones(word: number): number {
  let bits = word - ((word >>> 1) & 0x5555_5555);
  bits = (bits & 0x3333_3333) + ((bits >>> 2) & 0x3333_3333);
  return Math.imul((bits + (bits >>> 4)) & 0x0f0f_0f0f, 0x0101_0101) >>> 24;
}

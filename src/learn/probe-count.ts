import type { Matrix } from '../dataset/matrix.js';
import { type RandomStream, randomStream } from '../random.js';

/** How many pairs random sets of so many probes tell apart. */
export interface PairsTold {
  readonly probes: number;
  /** Over the sets. */
  readonly mean: number;
  /** Within which the counts of 95 % of the sets lie. */
  readonly range95: readonly [number, number];
}

export interface ProbeCountOptions {
  /** Pairs of different machines that are drawn, each at most once. */
  readonly pairs: number;
  /** Random orders of the probes; a set of n probes is the first n of one. */
  readonly sets: number;
  readonly seed: number | string;
}

export interface ProbeCounts {
  /** Pairs that were drawn; all that there are, where these are fewer. */
  readonly pairs: number;
  /** Of these, the ones that all probes together tell apart. */
  readonly told: number;
  /** From 1 probe to all: 1, 2, 5, 10, 20, … */
  readonly counts: readonly PairsTold[];
}

/** 1, 2, 5, 10, 20, … and the last one, `most` itself. */
function steps(most: number): number[] {
  const found: number[] = [];
  for (let decade = 1; decade < most; decade *= 10)
    for (const step of [1, 2, 5]) if (step * decade < most) found.push(step * decade);
  return [...found, most];
}

function drawPairs(machines: number, wanted: number, random: RandomStream): [number, number][] {
  const total = (machines * (machines - 1)) / 2;
  const all = Int32Array.from({ length: total }, (_, pair) => pair);
  const chosen = random.shuffle(all).subarray(0, Math.min(wanted, total));
  return Array.from(chosen, (pair) => {
    let high = 1;
    while (((high + 1) * high) / 2 <= pair) high++;
    return [pair - (high * (high - 1)) / 2, high];
  });
}

/** By probe, a bit for each pair that some field of its response tells apart; probes that tell none are left out. */
function toldBy(matrix: Matrix, pairs: readonly (readonly [number, number])[]): Uint32Array[] {
  const words = Math.ceil(pairs.length / 32);
  const byProbe = new Map<number, Uint32Array>();
  const height = matrix.rows.length;
  for (let column = 0; column < matrix.columns; column++) {
    const codes = matrix.codes.subarray(column * height, (column + 1) * height);
    const own = new Uint32Array(words);
    for (const [pair, [one, other]] of pairs.entries())
      if (codes[one] !== codes[other] && codes[one]! >= 0 && codes[other]! >= 0)
        own[pair >>> 5]! |= 1 << (pair & 31);
    for (const { probe } of matrix.members(column)) {
      const known = byProbe.get(probe) ?? new Uint32Array(words);
      for (let word = 0; word < words; word++) known[word]! |= own[word]!;
      byProbe.set(probe, known);
    }
  }
  return [...byProbe.entries()].sort(([one], [other]) => one - other).map(([, told]) => told);
}

function ones(words: Uint32Array): number {
  let count = 0;
  for (let word of words) for (; word !== 0; word &= word - 1) count++;
  return count;
}

/** Pairs of machines that are told apart, by the number of probes (paper section 4.1, figure 2a). */
export function pairsByProbeCount(
  matrix: Matrix,
  { pairs: wanted, seed, sets }: ProbeCountOptions,
): ProbeCounts {
  const random = randomStream(seed, 'probe-count');
  const pairs = drawPairs(matrix.rows.length, wanted, random.fork('pairs'));
  const told = toldBy(matrix, pairs);
  // Probes in which no field differs between any machines are in no column.
  const probes = Math.round(matrix.totals.columns / Math.max(1, matrix.fields.length));
  const sizes = steps(probes);
  const found = sizes.map(() => new Float64Array(sets));
  const order = Int32Array.from({ length: probes }, (_, probe) => probe);
  const orders = random.fork('sets');
  for (let set = 0; set < sets; set++) {
    orders.shuffle(order);
    const known = new Uint32Array(Math.ceil(pairs.length / 32));
    let size = 0;
    for (let taken = 1; taken <= probes; taken++) {
      const own = told[order[taken - 1]!];
      if (own) for (let word = 0; word < known.length; word++) known[word]! |= own[word]!;
      if (taken === sizes[size]) found[size++]![set] = ones(known);
    }
  }
  return {
    pairs: pairs.length,
    told: found.at(-1)?.[0] ?? 0,
    counts: sizes.map((size, place) => {
      const sorted = found[place]!.slice().sort();
      const at = (share: number) => sorted[Math.round(share * (sets - 1))]!;
      return {
        probes: size,
        mean: sorted.reduce((sum, one) => sum + one, 0) / sets,
        range95: [at(0.025), at(0.975)],
      };
    }),
  };
}

import { randomStream } from '../random.js';

/** How far apart in time the copies of a probe are: as far as it goes, back to back, or so many packets and more. */
export type Spread = 'rounds' | 'none' | number;

export interface SendOrderOptions {
  readonly probes: number;
  readonly copies: number;
  /** `listed`: as the probe set has them; `shuffled`: drawn anew for each copy. */
  readonly order: 'shuffled' | 'listed';
  /** A number is 1 to half of `probes`. */
  readonly spread: Spread;
  readonly seed: number | string;
  /** Names the draws: machines of different names get different orders. */
  readonly machine: string;
}

/** When each copy of each probe is sent. A copy is known by its index, copy x probes + probe, as its address is. */
export interface SendOrder {
  /** Indices in the order of sending. */
  readonly sequence: Uint32Array;
  /** By index: its place in that order, from 0. */
  readonly places: Uint32Array;
}

const blocksOf = (probes: number, spread: Spread) =>
  spread === 'rounds' ? 1 : spread === 'none' ? probes : Math.max(1, Math.floor(probes / (2 * spread)));

/**
 * The probes are dealt into blocks: one for `rounds`, one a probe for `none`, and of at least twice as many probes as a
 * number says. A block goes copy by copy, so that copies of a probe are a block's length apart in the mean. Shuffled,
 * no two copies follow the same probe but by chance; each half of a block is shuffled within itself, so that copies
 * are never nearer than half a block. Equal options give equal orders.
 */
export function sendOrder({ probes, copies, order, spread, seed, machine }: SendOrderOptions): SendOrder {
  const sequence = new Uint32Array(probes * copies);
  const places = new Uint32Array(probes * copies);
  const blocks = blocksOf(probes, spread);
  const dealt = Uint32Array.from({ length: probes }, (_, probe) => probe);
  const random = order === 'shuffled' ? randomStream(seed, `order ${machine}`) : undefined;
  random?.shuffle(dealt);
  let place = 0;
  for (let block = 0; block < blocks; block++) {
    const from = Math.floor((block * probes) / blocks);
    const to = Math.floor(((block + 1) * probes) / blocks);
    const halves = [dealt.subarray(from, (from + to) >>> 1), dealt.subarray((from + to) >>> 1, to)];
    for (let copy = 0; copy < copies; copy++) {
      if (copy > 0 && to - from > 2) for (const half of halves) random?.shuffle(half);
      for (let at = from; at < to; at++) sequence[place++] = copy * probes + dealt[at]!;
    }
  }
  for (let at = 0; at < place; at++) places[sequence[at]!] = at;
  return { sequence, places };
}

/** Round by round, each in the order of the list. */
export const listedOrder = (probes: number, copies: number): SendOrder =>
  sendOrder({ probes, copies, order: 'listed', spread: 'rounds', seed: 0, machine: '' });

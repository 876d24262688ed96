import { createHash } from 'node:crypto';
import { xoroshiro128plusFromState } from 'pure-rand/generator/xoroshiro128plus';
import type { RandomGenerator } from 'pure-rand/types/RandomGenerator';

/** A sequential stream of pseudo-random numbers; equal (seed, name) give equal streams. */
export interface RandomStream {
  /** Uniform in [0, 2^32). */
  uint32(): number;
  /** Uniform in [0, bound); bound in 1..2^32. Unbiased (rejection). */
  below(bound: number): number;
  /** Uniform in [0, 1) with 53 bits. */
  float(): number;
  /** Fisher-Yates, in place. */
  shuffle<T extends { length: number; [index: number]: number }>(array: T): T;
  /** An independent stream named under this one. */
  fork(name: string): RandomStream;
}

function words(seed: string): Int32Array {
  const digest = createHash('sha256').update(seed).digest();
  return new Int32Array(digest.buffer.slice(digest.byteOffset, digest.byteOffset + 32));
}

/**
 * The stream that belongs to `name` under `seed`. Every random choice in Stackbed comes from one of these,
 * or from {@link keyedRandom} where the choice must not depend on the order in which choices are made.
 */
export function randomStream(seed: number | string, name: string): RandomStream {
  const label = `${seed}/${name}`;
  const state = words(label);
  const generator: RandomGenerator = xoroshiro128plusFromState([state[0]!, state[1]!, state[2]!, state[3]!]);
  const uint32 = () => generator.next() >>> 0;
  const below = (bound: number) => {
    if (bound === 0x1_0000_0000) return uint32();
    // In 32-bit integers, of which V8 takes remainders much faster: 2^32 % bound is (2^32 - bound) % bound.
    const excess = (-bound >>> 0) % (bound >>> 0);
    let value = uint32();
    while (value > 0xffff_ffff - excess) value = uint32();
    return (value >>> 0) % (bound >>> 0);
  };
  return {
    uint32,
    below,
    float: () => ((uint32() >>> 5) * 0x400_0000 + (uint32() >>> 6)) / 0x20_0000_0000_0000,
    shuffle: (array) => {
      for (let last = array.length - 1; last > 0; last--) {
        const other = below(last + 1);
        const kept = array[last]!;
        array[last] = array[other]!;
        array[other] = kept;
      }
      return array;
    },
    fork: (child) => randomStream(label, child),
  };
}

/** Uniform in [0, 1) as a pure function of four 32-bit words: equal keys give equal numbers, in any order. */
export type KeyedRandom = (a: number, b: number, c: number, d: number) => number;

function mix(hash: number, word: number): number {
  let k = Math.imul(word, 0xcc9e2d51);
  k = (k << 15) | (k >>> 17);
  let h = hash ^ Math.imul(k, 0x1b873593);
  h = (h << 13) | (h >>> 19);
  return (Math.imul(h, 5) + 0xe6546b64) | 0;
}

function finish(hash: number): number {
  let h = hash ^ (hash >>> 16);
  h = Math.imul(h, 0x85ebca6b);
  h ^= h >>> 13;
  h = Math.imul(h, 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

/**
 * A keyed generator named by (seed, name): counter-based, so that a draw belongs to a packet and not to the
 * moment at which it arrived. Different keys are different draws: no two are folded into one before they are
 * mixed. (MurmurHash3's mixing, once in either order of the words.)
 */
export function keyedRandom(seed: number | string, name: string): KeyedRandom {
  const [forwards, backwards] = words(`${seed}/${name}`);
  return (a, b, c, d) => {
    const high = finish(mix(mix(mix(mix(forwards!, a), b), c), d));
    const low = finish(mix(mix(mix(mix(backwards!, d), c), b), a));
    return ((high >>> 5) * 0x400_0000 + (low >>> 6)) / 0x20_0000_0000_0000;
  };
}

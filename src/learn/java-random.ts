const half = 0x100_0000;
const [multiplierHigh, multiplierLow] = [0x5de, 0xece66d];

/**
 * The generator that `java.util.Random` documents (a linear congruential one of 48 bits), for learners whose answers
 * hang on the order in which Weka's shuffles examples. Every other choice comes from `randomStream`.
 */
export class JavaRandom {
  /** The state by halves of 24 bits, so that no product leaves the integers of a double. */
  private high: number;
  private low: number;

  /** @param seed 0..2^24 - 1 */
  constructor(seed: number) {
    this.high = multiplierHigh;
    this.low = seed ^ multiplierLow;
  }

  /** Uniform in [0, bound); bound in 1..2^31 - 1. */
  below(bound: number): number {
    if ((bound & (bound - 1)) === 0) return Math.floor((bound * this.bits31()) / 0x8000_0000);
    for (;;) {
      const bits = this.bits31();
      const value = bits % bound;
      if (bits - value + bound - 1 < 0x8000_0000) return value;
    }
  }

  /** Fisher-Yates from the end, in place, as Weka's `Instances.randomize`. */
  shuffle(array: Int32Array): Int32Array {
    for (let last = array.length - 1; last > 0; last--) {
      const other = this.below(last + 1);
      const kept = array[last]!;
      array[last] = array[other]!;
      array[other] = kept;
    }
    return array;
  }

  private bits31(): number {
    const low = this.low * multiplierLow + 0xb;
    const carry = Math.floor(low / half);
    this.high = (this.high * multiplierLow + this.low * multiplierHigh + carry) % half;
    this.low = low % half;
    return this.high * 0x80 + (this.low >>> 17);
  }
}

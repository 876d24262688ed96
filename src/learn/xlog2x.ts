import { tolerance } from './learner.js';

/** n log2 n; 0 for next to nothing, as in Weka's `EntropyBasedSplitCrit.logFunc`. */
export function xlog2x(x: number): number {
  return x < tolerance ? 0 : x * Math.log2(x);
}

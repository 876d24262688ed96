import type { AccuracyLoss } from '../selection-result.js';

/** The greatest loss; of equals that of the most machines, then the first. */
export function mostLost(figures: readonly AccuracyLoss[]): AccuracyLoss | undefined {
  return figures.reduce<AccuracyLoss | undefined>((most, one) => {
    if (!most || one.lost > most.lost) return one;
    return one.lost === most.lost && one.machines > most.machines ? one : most;
  }, undefined);
}

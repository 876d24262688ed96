import type { ExperimentResult } from '../result.js';

/** A wrong label and how often it was given, summed over repeats. */
export interface Confusion {
  readonly truth: string;
  readonly predicted: string;
  readonly count: number;
  /** Classifications of machines of the true class. */
  readonly of: number;
}

/** Stands for the label of an answer that names none. */
export const noLabel = 'none';

/** The off-diagonal cells that are not zero, the largest first. */
export function confusions({ confusion }: ExperimentResult): Confusion[] {
  const { labels, counts, unresolved = [] } = confusion;
  const found: Confusion[] = [];
  labels.forEach((truth, row) => {
    const none = unresolved[row] ?? 0;
    const of = (counts[row] ?? []).reduce((sum, count) => sum + count, none);
    if (none > 0) found.push({ truth, predicted: noLabel, count: none, of });
    labels.forEach((predicted, column) => {
      const count = counts[row]?.[column] ?? 0;
      if (row !== column && count > 0) found.push({ truth, predicted, count, of });
    });
  });
  return found.sort((a, b) => b.count - a.count);
}

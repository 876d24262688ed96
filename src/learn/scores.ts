import { mean, wilsonInterval } from './metrics.js';

/** 95 %, by machine: `answers` are of all repeats, which do not narrow it. */
type Interval = [number, number];

const intervalOf = (share: number, answers: number, repeats: number): Interval =>
  wilsonInterval(share, Math.max(1, answers / repeats));

/** One answer for one machine. */
export interface Answer {
  readonly right: boolean;
  /** The model's confidence in the answer, 0..1. */
  readonly confidence: number;
}

export interface ClassScores {
  readonly label: string;
  /** Answers for machines of the class. */
  readonly answers: number;
  /** Of the answers that named the class, the share that was right (paper section 4.3.1); null when none did. */
  readonly precision: number | null;
  /** Of the answers for machines of the class, the share that was right; null when there are none. */
  readonly recall: number | null;
  readonly precision_ci95: Interval | null;
  readonly recall_ci95: Interval | null;
}

/** @param counts [true][predicted], summed over `repeats` */
export function classScores(
  labels: readonly string[],
  counts: readonly (readonly number[])[],
  repeats = 1,
): ClassScores[] {
  const scored = (right: number, of: number) => (of > 0 ? right / of : null);
  const interval = (right: number, of: number) => (of > 0 ? intervalOf(right / of, of, repeats) : null);
  return labels.map((label, code) => {
    const answers = counts[code]!.reduce((sum, count) => sum + count, 0);
    const named = counts.reduce((sum, row) => sum + row[code]!, 0);
    const right = counts[code]![code]!;
    return {
      label,
      answers,
      precision: scored(right, named),
      recall: scored(right, answers),
      precision_ci95: interval(right, named),
      recall_ci95: interval(right, answers),
    };
  });
}

/**
 * Brier's score of a distribution (G. W. Brier 1950): the sum over classes of the squared distance to 1 for the true
 * class and 0 for the others; 0 is best, 2 is worst.
 */
export function brier(distribution: Float64Array, truth: number): number {
  return distribution.reduce((sum, share, code) => sum + (share - (code === truth ? 1 : 0)) ** 2, 0);
}

export interface ReliabilityBin {
  /** Bounds of the confidence, the upper one excluded unless it is 1. */
  readonly from: number;
  readonly to: number;
  readonly answers: number;
  /** Mean confidence, and the share that was right. */
  readonly confidence: number;
  readonly accuracy: number;
  readonly ci95: Interval;
}

const bins = 10;

/** Confidence against accuracy in ten bins of equal width; empty ones are left out. */
export function reliability(answers: readonly Answer[], repeats = 1): ReliabilityBin[] {
  const binOf = (confidence: number) => Math.min(bins - 1, Math.floor(confidence * bins));
  return Array.from({ length: bins }, (_, bin) =>
    answers.filter((one) => binOf(one.confidence) === bin),
  ).flatMap((own, bin) => {
    if (own.length === 0) return [];
    const accuracy = mean(own.map(({ right }) => (right ? 1 : 0)))!;
    return [
      {
        from: bin / bins,
        to: (bin + 1) / bins,
        answers: own.length,
        confidence: mean(own.map(({ confidence }) => confidence))!,
        accuracy,
        ci95: intervalOf(accuracy, own.length, repeats),
      },
    ];
  });
}

export interface AbstentionPoint {
  /** The least confidence that is answered with. */
  readonly threshold: number;
  /** Share of the machines that get an answer, and of these the share that is right. */
  readonly answered: number;
  readonly accuracy: number;
  readonly ci95: Interval;
}

const wantedShares = [1, 0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 0.2, 0.1];

/**
 * Accuracy when the least confident answers are withheld. Answers of equal confidence are withheld together, so that
 * the share that is left may be more than a round one; points that coincide are one.
 */
export function abstention(answers: readonly Answer[], repeats = 1): AbstentionPoint[] {
  const ranked = [...answers].sort((one, other) => other.confidence - one.confidence);
  const points = new Map<number, AbstentionPoint>();
  for (const share of wantedShares) {
    const threshold = ranked[Math.ceil(share * ranked.length) - 1]?.confidence;
    if (threshold === undefined || points.has(threshold)) continue;
    const given = ranked.filter(({ confidence }) => confidence >= threshold);
    const accuracy = given.filter((one) => one.right).length / given.length;
    points.set(threshold, {
      threshold,
      answered: given.length / ranked.length,
      accuracy,
      ci95: intervalOf(accuracy, given.length, repeats),
    });
  }
  return [...points.values()];
}

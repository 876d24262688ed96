import type { Matrix } from '../dataset/matrix.js';
import { type Labels, labelsOf } from './learner.js';
import { SplitScorer } from './split-score.js';

export interface FieldGain {
  readonly field: string;
  /** Bits that the best probe for this field tells about the label. */
  readonly gain: number;
  /** That probe, the first of equals; 0 for a field that splits nothing. */
  readonly probe: number;
  /** Probes in which the field splits the machines at all. */
  readonly columns: number;
}

export interface FieldGains {
  /** Entropy of the labels, bits. */
  readonly entropy: number;
  /** Every field of the matrix, the most telling first. */
  readonly fields: readonly FieldGain[];
}

/** Bits of entropy in class counts. */
export function entropyOf(counts: Float64Array): number {
  const total = counts.reduce((sum, count) => sum + count, 0);
  return counts.reduce(
    (sum, count) => (count > 0 ? sum - (count / total) * Math.log2(count / total) : sum),
    0,
  );
}

/** Information gain of each column about the labels of `rows`, bits; the entropy of the labels beside it. */
export function columnGains(
  matrix: Matrix,
  labels: Labels,
  rows: Int32Array,
): { entropy: number; gains: Float64Array } {
  const scorer = new SplitScorer(matrix, labels, rows.length);
  const counts = scorer.begin({ rows, weights: null });
  const gains = new Float64Array(matrix.columns).map((_, column) => {
    scorer.score(column);
    return Math.max(0, scorer.gain);
  });
  return { entropy: entropyOf(counts), gains };
}

/** What each field can tell about the labels, over all machines of the matrix (paper section 4.2.2). */
export function fieldGains(matrix: Matrix, labels: readonly string[]): FieldGains {
  const { entropy, gains } = columnGains(matrix, labelsOf(labels), Int32Array.from(matrix.rows.keys()));
  const found = new Map(
    matrix.fields.map(({ name }) => [name, { field: name, gain: 0, probe: 0, columns: 0 }]),
  );
  for (let column = 0; column < matrix.columns; column++) {
    for (const { field, probe } of matrix.members(column)) {
      const entry = found.get(field)!;
      const better = gains[column]! - entry.gain;
      const first = entry.columns === 0 || (Math.abs(better) < 1e-12 && probe < entry.probe);
      if (better > 1e-12 || first) {
        entry.gain = gains[column]!;
        entry.probe = probe;
      }
      entry.columns++;
    }
  }
  const fields = [...found.values()].sort((one, other) => other.gain - one.gain);
  return { entropy, fields };
}

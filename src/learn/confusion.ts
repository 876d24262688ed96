export interface Confusion {
  readonly labels: readonly string[];
  /** [true][predicted]. */
  readonly counts: readonly (readonly number[])[];
  /** [true]: answers that named no class; left out where there were none. */
  readonly unresolved?: readonly number[];
}

/** Counts answers by true and predicted class. */
export class ConfusionCounts {
  /** [true][predicted]; behind the classes a column of answers that named none. */
  readonly counts: readonly number[][];
  private readonly index: ReadonlyMap<string, number>;

  constructor(private readonly labels: readonly string[]) {
    this.index = new Map(labels.map((name, code) => [name, code]));
    this.counts = labels.map(() => new Array<number>(labels.length + 1).fill(0));
  }

  /** @param answer a label, or anything else for none */
  add(truth: string, answer: string): void {
    this.counts[this.index.get(truth)!]![this.index.get(answer) ?? this.labels.length]!++;
  }

  confusion(): Confusion {
    const { counts, labels } = this;
    const unresolved = counts.map((row) => row[labels.length]!);
    return {
      labels,
      counts: counts.map((row) => row.slice(0, labels.length)),
      ...(unresolved.some((count) => count > 0) && { unresolved }),
    };
  }
}

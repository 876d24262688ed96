/** What came of the probes of one prober. */
export interface Outcome {
  readonly sent: number;
  readonly answered: number;
  /** To the last answer. */
  readonly seconds: number;
}

/** Those of probers that ran side by side, as one. */
export function together(outcomes: readonly Outcome[]): Outcome {
  const sum = (of: (outcome: Outcome) => number) =>
    outcomes.reduce((total, outcome) => total + of(outcome), 0);
  return {
    sent: sum(({ sent }) => sent),
    answered: sum(({ answered }) => answered),
    seconds: Math.max(...outcomes.map(({ seconds }) => seconds)),
  };
}

/** Answered probes a second. */
export const rate = ({ answered, seconds }: Outcome): number => (seconds > 0 ? answered / seconds : 0);

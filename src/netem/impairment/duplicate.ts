import type { Stage } from '../stage.js';
import { chooser, correlationText, percent } from './correlation.js';

export interface DuplicateSpec {
  readonly kind: 'duplicate';
  /** Probability that a packet is sent on twice, 0..1. */
  readonly probability: number;
  /** 0..1; see `blended`. */
  readonly correlation?: number | undefined;
}

/** netem's `duplicate`: the chosen packet is queued twice (tc-netem(8)). */
export function duplicate({ probability, correlation }: DuplicateSpec): Stage {
  const chosen = chooser(probability, correlation);
  return {
    kind: 'duplicate',
    makes: 'copies',
    text: `duplicate ${percent(probability)}${correlationText(correlation)}`,
    process: (_packet, actions) => {
      if (chosen(actions)) actions.duplicate();
      actions.pass();
    },
  };
}

import { plain, type Stage } from '../stage.js';

export interface DuplicateSpec {
  readonly kind: 'duplicate';
  /** Probability that a packet is sent on twice, 0..1. */
  readonly probability: number;
}

/** netem's `duplicate`: the chosen packet is queued twice (tc-netem(8)). */
export function duplicate({ probability }: DuplicateSpec): Stage {
  return {
    kind: 'duplicate',
    makes: 'copies',
    text: `duplicate ${plain(probability * 100)}%`,
    process: (_packet, actions) => {
      if (actions.random(0) < probability) actions.duplicate();
      actions.pass();
    },
  };
}

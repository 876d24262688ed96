import { plain, type Stage } from '../stage.js';

export interface LossSpec {
  readonly kind: 'loss';
  /** Probability that a packet is lost, 0..1. */
  readonly probability: number;
}

/** netem's `loss random`: each packet is dropped with the same probability, independently (tc-netem(8)). */
export function loss({ probability }: LossSpec): Stage {
  return {
    kind: 'loss',
    text: `loss ${plain(probability * 100)}%`,
    process: (_packet, actions) => (actions.random(0) < probability ? actions.drop() : actions.pass()),
  };
}

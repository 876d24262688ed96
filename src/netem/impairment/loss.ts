import type { Stage } from '../stage.js';
import { chooser, correlationText, percent } from './correlation.js';

export interface LossSpec {
  readonly kind: 'loss';
  /** Probability that a packet is lost, 0..1. */
  readonly probability: number;
  /** 0..1; with it the share that is lost is no longer `probability`: see `blended`. */
  readonly correlation?: number | undefined;
}

/** netem's `loss random`: each packet is dropped with the same probability (tc-netem(8)). */
export function loss({ probability, correlation }: LossSpec): Stage {
  const chosen = chooser(probability, correlation);
  return {
    kind: 'loss',
    text: `loss ${percent(probability)}${correlationText(correlation)}`,
    process: (_packet, actions) => (chosen(actions) ? actions.drop() : actions.pass()),
  };
}

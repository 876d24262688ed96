import type { Process } from '../correlated.js';
import type { Stage } from '../stage.js';
import { percent } from './correlation.js';

/** Transition probabilities 0..1 of the four-state model, by the names that tc-netem(8) gives them. */
export interface LossStateSpec {
  readonly kind: 'loss-state';
  readonly p13: number;
  readonly p31: number;
  readonly p32: number;
  readonly p23: number;
  readonly p14: number;
}

/** As tc-netem(8) numbers them; the third and fourth lose the packet. */
const state = { receivedInGap: 1, receivedInBurst: 2, lostInBurst: 3, lostInGap: 4 } as const;

/**
 * netem's `loss state`: a four-state Markov chain, received or lost within a gap or within a burst, in which the
 * state that a step leads to is the packet's fate (sch_netem.c `loss_4state`; Salsano and others, "Definition of a
 * general and intuitive loss model for packet networks", 2009).
 */
export function lossState({ p13, p31, p32, p23, p14 }: LossStateSpec): Stage {
  // Stationary weights, up to a common factor.
  const weights = [p31 * p23, p13 * p32, p13 * p23, p14 * p31 * p23];
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const chain: Process<number> = {
    name: 'state',
    start: (draw) => {
      let left = draw(0) * total;
      const index = weights.findIndex((weight) => {
        left -= weight;
        return left < 0;
      });
      return index < 0 ? state.receivedInGap : index + 1;
    },
    next: (from, draw) => {
      const drawn = draw(0);
      switch (from) {
        case state.receivedInGap:
          return drawn < p14 ? state.lostInGap : drawn < p14 + p13 ? state.lostInBurst : state.receivedInGap;
        case state.receivedInBurst:
          return drawn < p23 ? state.lostInBurst : state.receivedInBurst;
        case state.lostInBurst:
          return drawn < p32
            ? state.receivedInBurst
            : drawn < p32 + p31
              ? state.receivedInGap
              : state.lostInBurst;
        default:
          return state.receivedInGap;
      }
    },
  };
  return {
    kind: 'loss-state',
    text: `loss state ${[p13, p31, p32, p23, p14].map(percent).join(' ')}`,
    process: (_packet, actions) =>
      actions.stateOf(chain) >= state.lostInBurst ? actions.drop() : actions.pass(),
  };
}

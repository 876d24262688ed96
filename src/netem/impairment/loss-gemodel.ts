import type { Process } from '../correlated.js';
import type { Stage } from '../stage.js';
import { percent } from './correlation.js';

/** Probabilities 0..1 of the Gilbert-Elliott model, by the names that tc-netem(8) gives them. */
export interface GemodelSpec {
  readonly kind: 'loss-gemodel';
  /** From the good to the bad state. */
  readonly p: number;
  /** From the bad to the good state. */
  readonly r: number;
  /** Loss in the bad state, tc's `1-h`. */
  readonly lossInBad: number;
  /** Loss in the good state, tc's `1-k`. */
  readonly lossInGood: number;
}

const [good, bad] = [0, 1];

/**
 * netem's `loss gemodel`: a two-state Markov chain, with a loss probability in each state; that of the state
 * before the step counts (sch_netem.c `loss_gilb_ell`). Bad periods last 1/r packets in the mean.
 */
export function lossGemodel({ p, r, lossInBad, lossInGood }: GemodelSpec): Stage {
  const chain: Process<number> = {
    name: 'gemodel',
    start: (draw) => (p + r > 0 && draw(0) < p / (p + r) ? bad : good),
    // One draw for both ways out, from its two ends: two chains then meet as soon as they can.
    next: (state, draw) => (state === good ? (draw(0) < p ? bad : good) : draw(0) >= 1 - r ? good : bad),
  };
  return {
    kind: 'loss-gemodel',
    text: `loss gemodel ${[p, r, lossInBad, lossInGood].map(percent).join(' ')}`,
    process: (_packet, actions) => {
      const probability = actions.stateOf(chain) === bad ? lossInBad : lossInGood;
      if (actions.random(0) < probability) actions.drop();
      else actions.pass();
    },
  };
}

import { plain, type Stage } from '../stage.js';

export interface ReorderSpec {
  readonly kind: 'reorder';
  /** Probability that a packet overtakes the ones being delayed, 0..1. */
  readonly probability: number;
  /** Milliseconds that the others wait. */
  readonly delay: number;
}

/**
 * netem's `delay TIME reorder PERCENT` without a gap: the chosen share of packets goes at once, all others
 * wait `delay`, so the chosen ones overtake (tc-netem(8), net/sched/sch_netem.c `netem_enqueue`).
 */
export function reorder({ probability, delay }: ReorderSpec): Stage {
  return {
    kind: 'reorder',
    text: `reorder ${plain(probability * 100)}% delay ${plain(delay)}ms`,
    process: (_packet, actions) => {
      if (actions.random(0) < probability) {
        actions.note('overtake', 0);
        actions.pass();
      } else actions.hold(delay);
    },
  };
}

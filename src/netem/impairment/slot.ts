import { plain, type Stage, type StageActions } from '../stage.js';
import { type DelayTimes, delays, delayText } from './delay.js';

export interface SlotSpec {
  readonly kind: 'slot';
  /** Wait for a slot: milliseconds, uniform from the one to the other, or a distribution. */
  readonly delay: readonly [min: number, max: number] | DelayTimes;
  /** Most packets and bytes that leave in one slot; default: any number. */
  readonly packets?: number | undefined;
  readonly bytes?: number | undefined;
}

/**
 * netem's `slot`: packets gather and leave together when a slot comes, as on a shared medium (tc-netem(8);
 * sch_netem.c `netem_dequeue`, `get_slot_next`). Which packets share a slot depends on when they come, and so no
 * waiting time is noted.
 */
export function slot({
  delay,
  packets = Number.POSITIVE_INFINITY,
  bytes = Number.POSITIVE_INFINITY,
}: SlotSpec): Stage {
  const draw = Array.isArray(delay)
    ? (actions: StageActions) => delay[0] + actions.random(0) * (delay[1] - delay[0])
    : delays(delay as DelayTimes);
  let opens = Number.NEGATIVE_INFINITY;
  let [packetsLeft, bytesLeft] = [0, 0];
  const next = (after: number, actions: StageActions) => {
    opens = after + draw(actions);
    [packetsLeft, bytesLeft] = [packets, bytes];
  };
  const texts = [
    'slot',
    Array.isArray(delay) ? delay.map((ms) => `${plain(ms)}ms`).join(' ') : delayText(delay as DelayTimes),
    ...(Number.isFinite(packets) ? [`packets ${packets}`] : []),
    ...(Number.isFinite(bytes) ? [`bytes ${bytes}`] : []),
  ];
  return {
    kind: 'slot',
    text: texts.join(' '),
    process: ({ frame }, actions) => {
      const now = actions.elapsed();
      if (opens < now) next(now, actions);
      else if (packetsLeft <= 0 || bytesLeft <= 0) next(opens, actions);
      packetsLeft--;
      bytesLeft -= frame.length;
      actions.hold(opens - now, 0);
    },
  };
}

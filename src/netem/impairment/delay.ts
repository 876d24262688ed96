import { plain, type Stage } from '../stage.js';

export interface DelaySpec {
  readonly kind: 'delay';
  /** Milliseconds, at least 0. */
  readonly time: number;
  /** Milliseconds to either side of `time`, uniformly; 0 for a constant delay. */
  readonly jitter: number;
}

/** netem's `delay TIME JITTER` with its default uniform distribution; jitter may reorder (tc-netem(8)). */
export function delay({ time, jitter }: DelaySpec): Stage {
  return {
    kind: 'delay',
    text: `delay ${plain(time)}ms${jitter > 0 ? ` ${plain(jitter)}ms` : ''}`,
    process: (_packet, actions) => {
      const drawn = jitter > 0 ? time + (2 * actions.random(0) - 1) * jitter : time;
      actions.hold(Math.max(0, drawn));
    },
  };
}

import type { Stage } from '../stage.js';

export interface LimitSpec {
  readonly kind: 'limit';
  /** Packets that the stages after this one may hold, at least 1. */
  readonly packets: number;
}

/**
 * netem's `limit`: a packet that finds the queue full is dropped (tc-netem(8)). The queue is what waits in the
 * stages after this one in its direction; without this stage there is no limit. Who finds it full depends on
 * time: the decisions of this stage are not reproducible.
 */
export function limit({ packets }: LimitSpec): Stage {
  return {
    kind: 'limit',
    text: `limit ${packets}`,
    process: (_packet, actions) => (actions.queued() >= packets ? actions.drop() : actions.pass()),
  };
}

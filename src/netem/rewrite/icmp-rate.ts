import type { Stage } from '../stage.js';
import { icmpTypeOf } from './icmp-filter.js';

export interface IcmpRateSpec {
  readonly kind: 'icmp-rate';
  /** Probe packets for which one more ICMP message may pass, 1 or more. */
  readonly every: number;
  /** Messages that may pass in a row, 1 or more: the size of the bucket. */
  readonly burst: number;
}

/**
 * Limits ICMP messages by a token bucket, as RFC 1812 section 4.3.2.8 asks of routers. The bucket is filled by
 * the sequence of probes and not by time: one token every `every` places. Time would make it depend on the
 * speed of the machine; what it depends on now is the order in which messages come.
 */
export function icmpRate({ every, burst }: IcmpRateSpec): Stage {
  let tokens = burst;
  let last: number | undefined;
  return {
    kind: 'icmp-rate',
    text: `icmp-rate every ${every} burst ${burst}`,
    process: ({ frame, protocol, position }, actions) => {
      if (icmpTypeOf(frame, protocol) === undefined) {
        actions.pass();
        return;
      }
      last ??= position;
      if (position > last) {
        tokens = Math.min(burst, tokens + (position - last) / every);
        last = position;
      }
      if (tokens < 1) {
        actions.drop();
        return;
      }
      tokens -= 1;
      actions.pass();
    },
  };
}

import { ipv4Field, ipv4Ttl } from '../../packet/ipv4.js';
import type { Stage } from '../stage.js';
import { ip, patchIp } from './edit.js';

export type TtlSpec =
  | { readonly kind: 'ttl' /** New time to live, 1..255. */; readonly set: number }
  | { readonly kind: 'ttl' /** Hops to count down, 1..255. */; readonly decrement: number }
  | { readonly kind: 'ttl' /** Lowest time to live that is let be, 1..255. */; readonly minimum: number };

function textOf(spec: TtlSpec): string {
  if ('set' in spec) return `ttl set ${spec.set}`;
  return 'decrement' in spec ? `ttl decrement ${spec.decrement}` : `ttl minimum ${spec.minimum}`;
}

function nextOf(spec: TtlSpec): (old: number) => number {
  if ('set' in spec) return () => spec.set;
  return 'decrement' in spec ? (old) => old - spec.decrement : (old) => Math.max(old, spec.minimum);
}

/**
 * Sets the time to live, raises it to a minimum as pf's `scrub min-ttl` does (pf.conf(5)), or counts it down
 * as routers do: at 0 the packet is dropped (RFC 791 section 3.2; the ICMP time-exceeded message is not
 * simulated).
 */
export function ttl(spec: TtlSpec): Stage {
  const next = nextOf(spec);
  return {
    kind: 'ttl',
    text: textOf(spec),
    process: (packet, actions) => {
      const before = ipv4Ttl(packet.frame, ip);
      const value = next(before);
      if (value <= 0) {
        actions.drop();
        return;
      }
      if (value !== before) patchIp(packet.frame, ipv4Field.ttl, value);
      if (value !== before || !('minimum' in spec)) actions.note('set', value);
      actions.pass();
    },
  };
}

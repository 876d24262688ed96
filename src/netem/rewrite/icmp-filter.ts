import { checkIcmpv4Length, icmpv4TypeOf } from '../../packet/icmpv4.js';
import { ipProtocol } from '../../packet/ipv4.js';
import type { Stage } from '../stage.js';
import { packetEnd, transportAt } from './edit.js';

export interface IcmpFilterSpec {
  readonly kind: 'icmp-filter';
  /** ICMP types to drop, 0..255; `all` drops fragments and malformed messages as well. */
  readonly drop: 'all' | readonly number[];
}

/** The ICMP type of a frame, -1 for ICMP without one (a later fragment, too short), undefined for all else. */
export function icmpTypeOf(frame: Uint8Array, protocol: number): number | undefined {
  if (protocol !== ipProtocol.icmp) return undefined;
  const at = transportAt(frame, ipProtocol.icmp);
  return at > 0 && checkIcmpv4Length(frame, at, packetEnd(frame)) ? icmpv4TypeOf(frame, at) : -1;
}

/**
 * Drops ICMP messages of some types, or all of them: RFC 4890 and RFC 7279 say which should pass, many
 * firewalls drop them all and so break path MTU discovery (RFC 2923 section 2.1).
 */
export function icmpFilter({ drop }: IcmpFilterSpec): Stage {
  return {
    kind: 'icmp-filter',
    text: `icmp-filter ${drop === 'all' ? drop : drop.join(' ')}`,
    process: ({ frame, protocol }, actions) => {
      const type = icmpTypeOf(frame, protocol);
      if (type !== undefined && (drop === 'all' || drop.includes(type))) actions.drop();
      else actions.pass();
    },
  };
}

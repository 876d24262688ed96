import { Inexpressible } from '../compile/inexpressible.js';
import type { DfSpec } from '../rewrite/df.js';
import type { EcnSpec } from '../rewrite/ecn.js';
import type { FragmentsSpec } from '../rewrite/fragments.js';
import type { IcmpFilterSpec } from '../rewrite/icmp-filter.js';
import type { IpIdSpec } from '../rewrite/ip-id.js';
import type { DscpSpec, TosSpec } from '../rewrite/tos.js';
import type { TtlSpec } from '../rewrite/ttl.js';
import { byChance, notFragment, type Rules } from './rule.js';
import { clearFlags } from './tcp-rules.js';

/** Rewrites of the IPv4 header. nft mends checksums incrementally, as the simulated stages do. */

const mostHops = 255;

/** nft can only write constants into one byte: a chain with a rule for each value counts down. */
function countDown(hops: number): Rules {
  const name = `ttl_minus_${hops}`;
  const rules = [`ip ttl <= ${hops} drop`];
  for (let ttl = hops + 1; ttl <= mostHops; ttl++)
    rules.push(`ip ttl ${ttl} ip ttl set ${ttl - hops} return`);
  return { rules: [`jump ${name}`], chains: [{ name, rules }] };
}

export function ttlRules(spec: TtlSpec): Rules {
  if ('set' in spec) return { rules: [`ip ttl set ${spec.set}`] };
  if ('minimum' in spec) return { rules: [`ip ttl < ${spec.minimum} ip ttl set ${spec.minimum}`] };
  return countDown(spec.decrement);
}

export function tosRules({ set }: TosSpec): Rules {
  return { rules: [`ip dscp set ${set >> 2} ip ecn set ${set & 3}`] };
}

export function dscpRules({ set }: DscpSpec): Rules {
  return { rules: [`ip dscp set ${set}`] };
}

export function ecnRules(spec: EcnSpec): Rules {
  if ('mark' in spec) return { rules: [`ip ecn { 1, 2 } ${byChance(spec.mark)}ip ecn set 3`] };
  const inIp = 'ip ecn set 0';
  if (spec.clear === 'ip') return { rules: [inIp] };
  const { rules, chains } = clearFlags(0xc0, 'ecn');
  return { rules: spec.clear === 'all' ? [inIp, ...rules] : rules, chains: chains! };
}

export function dfRules({ to }: DfSpec): Rules {
  return to === 'clear'
    ? { rules: ['ip frag-off set ip frag-off & 0xbfff'] }
    : { rules: [`${notFragment} ip frag-off set ip frag-off | 0x4000`] };
}

export function ipIdRules({ to }: IpIdSpec): Rules {
  switch (to) {
    case 'zero':
      return { rules: [`${notFragment} ip id set 0`] };
    // The number is written from its high end.
    case 'randomise':
      return { rules: [`${notFragment} ip id set numgen random mod 4294967295`] };
    case 'increment':
      throw new Inexpressible('nft cannot count in two bytes', 'use `ip-id: randomise` or `ip-id: zero`');
  }
}

export function fragmentRules({ to }: FragmentsSpec & { to: 'drop' }): Rules {
  return { rules: [`ip frag-off & 0x3fff != 0 ${to}`] };
}

export function icmpFilterRules({ drop }: IcmpFilterSpec): Rules {
  if (drop === 'all') return { rules: ['ip protocol icmp drop'] };
  return { rules: drop.length === 0 ? [] : [`icmp type { ${[...new Set(drop)].join(', ')} } drop`] };
}

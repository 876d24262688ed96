import { Inexpressible } from '../compile/inexpressible.js';
import type { RewriteSpec } from '../rewrite/index.js';
import {
  dfRules,
  dscpRules,
  ecnRules,
  fragmentRules,
  icmpFilterRules,
  ipIdRules,
  tosRules,
  ttlRules,
} from './ip-rules.js';
import type { Rules } from './rule.js';
import {
  mssRules,
  reservedBitsRules,
  rstInjectRules,
  stripOptionRules,
  urgentRules,
  windowRules,
} from './tcp-rules.js';

const simulated = 'keep it in the simulated path';

/**
 * One rewrite that looks at one packet at a time, as nft rules for a hook that sees one direction.
 * @throws Inexpressible for what nft does not have.
 */
export function rewriteRules(spec: RewriteSpec): Rules {
  switch (spec.kind) {
    case 'ttl':
      return ttlRules(spec);
    case 'tos':
      return tosRules(spec);
    case 'dscp':
      return dscpRules(spec);
    case 'ecn':
      return ecnRules(spec);
    case 'df':
      return dfRules(spec);
    case 'ip-id':
      return ipIdRules(spec);
    case 'icmp-filter':
      return icmpFilterRules(spec);
    case 'mss':
      return mssRules(spec);
    case 'window':
      return windowRules(spec);
    case 'reserved-bits':
      return reservedBitsRules();
    case 'urgent':
      return urgentRules();
    case 'strip-option':
      return stripOptionRules(spec);
    case 'rst-inject':
      return rstInjectRules(spec);
    case 'fragments':
      if (spec.to === 'drop') return fragmentRules({ ...spec, to: spec.to });
      throw new Inexpressible(
        'Linux puts fragments together only to track connections, and sends them on in pieces again',
        'leave it out, or stand it beside `nat`, `stateful-firewall: conntrack` or `syn-proxy`',
      );
    case 'window-scale':
      throw new Inexpressible(
        'nft writes two or four bytes of a TCP option, and the shift is one',
        simulated,
      );
    case 'reorder-options':
      throw new Inexpressible('nft cannot move TCP options', simulated);
    case 'strip-payload':
      throw new Inexpressible('nft cannot shorten packets', simulated);
    case 'bad-checksum':
      throw new Inexpressible(
        'nft looks at checksums only where it tracks connections',
        spec.to === 'drop' ? 'use `stateful-firewall: conntrack`, which drops them too' : simulated,
      );
    case 'icmp-rate':
      throw new Inexpressible("nft's `limit rate` goes by time and not by probes", simulated);
    case 'mtu':
      throw new Inexpressible(
        'only a router cuts packets and sends ICMP about it',
        'stand it beside `nat`, `stateful-firewall: conntrack` or `syn-proxy`, which make the box a router',
      );
  }
}

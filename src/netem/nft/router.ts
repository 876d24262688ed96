import { formatIpv4Address } from '../../packet/address.js';
import { Inexpressible } from '../compile/inexpressible.js';
import type { PlacedSpec } from '../placed-spec.js';
import type { MtuSpec } from '../rewrite/mtu.js';
import type { NatSpec } from '../rewrite/nat.js';
import type { StatefulFirewallSpec } from '../rewrite/stateful-firewall.js';
import type { SynProxySpec } from '../rewrite/syn-proxy.js';

/** The two interfaces of the box: towards the prober and towards the machine. */
export interface Interfaces {
  readonly prober: string;
  readonly machine: string;
}

/** What a box does where it routes: kernel settings, and rules by base chain of `table ip`. */
export interface Routed {
  readonly sysctls: Readonly<Record<string, string | number>>;
  readonly chains: Readonly<Partial<Record<BaseChain, readonly string[]>>>;
  readonly note?: string;
}

/** Base chains of a router, and what nft says of each. */
export const baseChains = {
  untracked: 'type filter hook prerouting priority -300',
  forward: 'type filter hook forward priority 0',
  input: 'type filter hook input priority 0',
  translate: 'type nat hook postrouting priority 100',
  leaving: 'type filter hook postrouting priority 150',
} as const;

export type BaseChain = keyof typeof baseChains;

/** Connections by flags alone, as the simulated stages follow them: no windows, no numbers of RSTs. */
const liberal = {
  'net.netfilter.nf_conntrack_tcp_be_liberal': 1,
  'net.netfilter.nf_conntrack_tcp_ignore_invalid_rst': 1,
  'net.netfilter.nf_conntrack_tcp_loose': 1,
};

function natRules({ address, ports }: NatSpec, { prober, machine }: Interfaces): Routed {
  const outside = formatIpv4Address(address);
  const out = `oifname "${machine}"`;
  const translate =
    ports === 'preserve'
      ? [`${out} snat to ${outside}`]
      : [
          `${out} meta l4proto { tcp, udp } snat to ${outside}:1024-65535 fully-random`,
          `${out} ip protocol icmp snat to ${outside}`,
        ];
  return {
    sysctls: { ...liberal, 'net.netfilter.nf_conntrack_checksum': 0 },
    chains: {
      forward: [
        'ct state invalid drop',
        `iifname "${machine}" ct state new drop`,
        `iifname "${prober}" ip protocol != { tcp, udp, icmp } drop`,
      ],
      input: [`iifname { "${prober}", "${machine}" } drop`],
      translate,
    },
    note:
      'Linux has a mapping for each connection, which ages by time, and drops segments that its tracking calls ' +
      `invalid${ports === 'random' ? '; its ports are drawn anew each time' : ''}`,
  };
}

function firewallRules({ mode }: StatefulFirewallSpec): Routed {
  if (mode === 'strict')
    throw new Inexpressible('nft tracks connections as Linux does', 'use `stateful-firewall: conntrack`');
  return {
    sysctls: { ...liberal, 'net.netfilter.nf_conntrack_checksum': 1 },
    chains: { forward: ['ct state invalid drop'] },
  };
}

function synProxyRules(spec: SynProxySpec, { prober }: Interfaces): Routed {
  if (spec.window !== 0) throw new Inexpressible('the window of its SYN-ACK is always 0', 'use `window: 0`');
  const guarded = spec.ports === 'all' ? '' : `tcp dport { ${[...new Set(spec.ports)].join(', ')} } `;
  const options = [
    `mss ${spec.mss}`,
    ...(spec.windowScale === undefined ? [] : [`wscale ${spec.windowScale}`]),
    ...(spec.timestamps ? ['timestamp'] : []),
    ...(spec.sack ? ['sack-perm'] : []),
  ].join(' ');
  return {
    sysctls: {
      'net.netfilter.nf_conntrack_tcp_loose': 0,
      'net.netfilter.nf_conntrack_checksum': 1,
      'net.ipv4.tcp_syncookies': 1,
      'net.ipv4.tcp_timestamps': 1,
      'net.ipv4.ip_default_ttl': spec.ttl,
    },
    chains: {
      untracked: [`iifname "${prober}" ${guarded}tcp flags & (fin | syn | rst | ack) == syn notrack`],
      forward: [
        `iifname "${prober}" ${guarded}ct state invalid,untracked synproxy ${options}`,
        'ct state invalid drop',
      ],
    },
    note:
      'the cookie, and with `timestamps` the clock, are of its own making; the machine gets the segment size that ' +
      'the cookie has room for (536, 1300, 1440 or 1460)',
  };
}

/** ICMP about packets that do not fit comes from the router's own address: it is given the stage's. */
function mtuRules({ icmp, router }: MtuSpec, sender: string): Routed {
  const own = `oifname "${sender}" fib saddr type local icmp type destination-unreachable icmp code 4`;
  const verdict = icmp ? `ip saddr set ${formatIpv4Address(router)}` : 'drop';
  return { sysctls: {}, chains: { leaving: [`${own} ${verdict}`] } };
}

/**
 * A stage that needs the kernel to route.
 * @throws Inexpressible for what it does not do.
 */
export function routedRules({ spec, direction }: PlacedSpec, interfaces: Interfaces): Routed {
  switch (spec.kind) {
    case 'nat':
      return natRules(spec, interfaces);
    case 'stateful-firewall':
      return firewallRules(spec);
    case 'syn-proxy':
      return synProxyRules(spec, interfaces);
    case 'mtu':
      return mtuRules(spec, direction === 'forward' ? interfaces.prober : interfaces.machine);
    case 'personality':
      throw new Inexpressible(
        'nft cannot answer in the name of another machine',
        'keep it in the simulated path',
      );
    default:
      throw new Inexpressible(
        'nft cannot translate sequence numbers or timestamps along a connection',
        'keep it in the simulated path',
      );
  }
}

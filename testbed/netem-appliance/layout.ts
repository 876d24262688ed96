import type { Command } from '../../src/netem/compile/command.js';
import { interfaces, type Side, sides } from './arguments.js';

const programs = { ip: '/usr/bin/ip', ethtool: '/usr/sbin/ethtool', sh: '/bin/sh' } as const;

/** Packets that may wait for a card: more than are ever sent at once, so that the appliance itself loses none. */
const queueLength = 10_000;

/** One side of an appliance that routes. */
export interface RouterSide {
  /** The appliance's own address there, with its prefix: `10.0.0.254/8`. */
  readonly address: string;
  /** The neighbour to whom everything goes that is not on the link: nobody is asked for his link-layer address. */
  readonly neighbour: { readonly address: string; readonly mac: string };
  /** Destinations by way of the neighbour: `198.18.0.0/15`. */
  readonly routes?: readonly string[] | undefined;
  /** Further addresses on the link that have the neighbour's link-layer address. */
  readonly others?: readonly string[] | undefined;
}

/**
 * How the appliance joins its two cards. A bridge has no address of its own and looks at no more than link-layer
 * addresses; rules about connections (NAT, SYN proxy) need a router, which takes 1 from each TTL.
 */
export type Layout =
  | { readonly kind: 'bridge' }
  | ({ readonly kind: 'router' } & { readonly [side in Side]: RouterSide });

const script = (argv: Command['argv'], lines: readonly string[]): Command => ({
  argv,
  stdin: lines.map((line) => `${line}\n`).join(''),
});

function bridge(): string[] {
  return [
    // Without snooping and learning delays a bridge sends nothing of its own and forwards from the first frame on.
    'link add name bridge type bridge stp_state 0 forward_delay 0 mcast_snooping 0',
    ...sides.map((side) => `link set dev ${interfaces[side]} master bridge`),
    'link set dev bridge up',
  ];
}

function router(side: Side, { address, neighbour, routes = [], others = [] }: RouterSide): string[] {
  const device = `dev ${interfaces[side]}`;
  return [
    `address add ${address} ${device}`,
    ...[neighbour.address, ...others].map(
      (one) => `neighbour add ${one} lladdr ${neighbour.mac} ${device} nud permanent`,
    ),
    ...routes.map((route) => `route add ${route} via ${neighbour.address} ${device}`),
  ];
}

/** Joins the cards. Nothing that a card may do by itself is left on; its queue is long. */
export function layoutCommands(layout: Layout): Command[] {
  const cards = sides.map((side) => interfaces[side]);
  const off = ['rx', 'tx', 'sg', 'tso', 'gso', 'gro'].flatMap((feature) => [feature, 'off']);
  return [
    ...cards.map((card): Command => ({ argv: [programs.ethtool, '-K', card, ...off] })),
    script(
      [programs.ip, '-batch', '-'],
      [
        ...cards.map((card) => `link set dev ${card} txqueuelen ${queueLength} up`),
        ...(layout.kind === 'bridge' ? bridge() : sides.flatMap((side) => router(side, layout[side]))),
      ],
    ),
    ...(layout.kind === 'router'
      ? [script([programs.sh, '-e'], ['echo 1 > /proc/sys/net/ipv4/ip_forward'])]
      : []),
  ];
}

import { type Faults, Inexpressible } from '../compile/inexpressible.js';
import type { LanePlan } from '../compile/order.js';
import type { Direction } from '../flow.js';
import type { PlacedSpec } from '../placed-spec.js';
import type { RewriteSpec } from '../rewrite/index.js';
import { rewriteRules } from './rewrite-rules.js';
import { type BaseChain, baseChains, type Interfaces, type Routed } from './router.js';
import type { Chain, Rules } from './rule.js';
import { type Family, type HookedChain, tableText } from './ruleset.js';

/** The table that a path makes, in whichever family. */
export const tableName = 'stackbed';

type Lanes = Readonly<Record<Direction, LanePlan>>;

const directions = ['forward', 'reverse'] as const;

function translated(stages: readonly PlacedSpec[], faults: Faults): Rules[] {
  return stages.flatMap((at) => faults.try(at, () => rewriteRules(at.spec as RewriteSpec)) ?? []);
}

const rulesOf = (all: readonly Rules[]) => all.flatMap(({ rules }) => rules);
const chainsOf = (all: readonly Rules[]) => all.flatMap(({ chains = [] }) => chains);

/** One table, in words of `nft -f`. */
export interface Table {
  readonly family: Family;
  readonly text: string;
}

/**
 * Rewrites on a bridge without addresses: `table netdev`, or `table bridge` for a direction that has a `reject`, of which
 * few kernels have the netdev one, or queues on the way in: what an ifb hands back skips netdev's hooks.
 */
export function bridgeTables(lanes: Lanes, { prober, machine }: Interfaces, faults: Faults): Table[] {
  const families = { netdev: new Draft(), bridge: new Draft() };
  for (const direction of directions) {
    const { early, before } = lanes[direction];
    const from = direction === 'forward' ? prober : machine;
    const all = translated(before, faults);
    if (all.length === 0) continue;
    const family = early.length > 0 || all.some(({ rejects }) => rejects) ? 'bridge' : 'netdev';
    const { jumped, hooked } = families[family];
    jumped.push(...chainsOf(all));
    if (family === 'bridge') {
      jumped.push({ name: `${direction}_in`, rules: rulesOf(all) });
      hooked.push({
        ...{ name: direction, hook: 'type filter hook prerouting priority 0' },
        rules: [`iifname "${from}" jump ${direction}_in`],
      });
      continue;
    }
    const hook = `type filter hook ingress device "${from}" priority 0`;
    hooked.push({ name: direction, hook, rules: rulesOf(all) });
  }
  return (['netdev', 'bridge'] as const).flatMap((family) => {
    const { jumped, hooked } = families[family];
    return hooked.length === 0 ? [] : [{ family, text: tableText(family, tableName, jumped, hooked) }];
  });
}

class Draft {
  readonly jumped: Chain[] = [];
  readonly hooked: HookedChain[] = [];
}

/** What a router does: `table ip`, rewrites around what the kernel does where it routes. */
export function routerTable(
  lanes: Lanes,
  routed: readonly Routed[],
  { prober, machine }: Interfaces,
  faults: Faults,
): Table {
  const jumped: Chain[] = [];
  const [arriving, departing]: [string[], string[]] = [[], []];
  for (const direction of directions) {
    const [from, to] = direction === 'forward' ? [prober, machine] : [machine, prober];
    const before = translated(lanes[direction].before, faults);
    const after = translated(lanes[direction].after, faults);
    jumped.push(...chainsOf([...before, ...after]));
    // The kernel would send ICMP about what ends here, which the simulated path does not.
    jumped.push({ name: `${direction}_in`, rules: [...rulesOf(before), 'ip ttl <= 1 drop'] });
    arriving.push(`iifname "${from}" jump ${direction}_in`);
    if (after.length === 0) continue;
    jumped.push({ name: `${direction}_out`, rules: rulesOf(after) });
    departing.push(`oifname "${to}" jump ${direction}_out`);
  }
  const rulesAt = (chain: BaseChain) => routed.flatMap(({ chains }) => chains[chain] ?? []);
  const hooked: HookedChain[] = [
    // Before defragmentation, which is at -400.
    { name: 'arriving', hook: 'type filter hook prerouting priority -450', rules: arriving },
    ...(Object.entries(baseChains) as [BaseChain, string][])
      .map(([name, hook]) => ({ name, hook, rules: rulesAt(name) }))
      .filter(({ rules }) => rules.length > 0),
    ...(departing.length === 0
      ? []
      : [{ name: 'departing', hook: 'type filter hook postrouting priority 200', rules: departing }]),
  ];
  return { family: 'ip', text: tableText('ip', tableName, jumped, hooked) };
}

/** What nft does otherwise in a rewrite, if it is one that nft has. */
export function rewriteNote(spec: RewriteSpec): string | undefined {
  try {
    return rewriteRules(spec).note;
  } catch (error) {
    if (error instanceof Inexpressible) return undefined;
    throw error;
  }
}

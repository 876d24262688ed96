import { type Faults, Inexpressible } from '../compile/inexpressible.js';
import type { LanePlan } from '../compile/order.js';
import type { Direction } from '../flow.js';
import type { PlacedSpec } from '../placed-spec.js';
import type { RewriteSpec } from '../rewrite/index.js';
import { rewriteRules } from './rewrite-rules.js';
import { type BaseChain, baseChains, type Interfaces, type Routed } from './router.js';
import type { Chain, Rules } from './rule.js';
import { type HookedChain, tableText } from './ruleset.js';

/** The table that a path makes, in whichever family. */
export const tableName = 'stackbed';

type Lanes = Readonly<Record<Direction, LanePlan>>;

const directions = ['forward', 'reverse'] as const;

function translated(stages: readonly PlacedSpec[], faults: Faults, check?: (rules: Rules) => void): Rules[] {
  return stages.flatMap((at) => {
    const made = faults.try(at, () => {
      const rules = rewriteRules(at.spec as RewriteSpec);
      check?.(rules);
      return rules;
    });
    return made ?? [];
  });
}

const rulesOf = (all: readonly Rules[]) => all.flatMap(({ rules }) => rules);
const chainsOf = (all: readonly Rules[]) => all.flatMap(({ chains = [] }) => chains);

/** Rewrites on a bridge without addresses: `table netdev`, or undefined where there are none. */
export function bridgeTable(
  lanes: Lanes,
  { prober, machine }: Interfaces,
  faults: Faults,
): string | undefined {
  const hooked: HookedChain[] = [];
  const jumped: Chain[] = [];
  for (const direction of directions) {
    const { early, before } = lanes[direction];
    const [from, to] = direction === 'forward' ? [prober, machine] : [machine, prober];
    // What an ifb hands back has passed the ingress hook.
    const hook = early.length > 0 ? `egress device "${to}"` : `ingress device "${from}"`;
    const all = translated(before, faults, ({ rejects }) => {
      if (rejects && early.length > 0)
        throw new Inexpressible(
          'nft rejects only on the way in, and queues stand before it there',
          'put it before the impairments',
        );
    });
    if (all.length === 0) continue;
    jumped.push(...chainsOf(all));
    hooked.push({ name: direction, hook: `type filter hook ${hook} priority 0`, rules: rulesOf(all) });
  }
  return hooked.length === 0 ? undefined : tableText('netdev', tableName, jumped, hooked);
}

/** What a router does: `table ip`, rewrites around what the kernel does where it routes. */
export function routerTable(
  lanes: Lanes,
  routed: readonly Routed[],
  { prober, machine }: Interfaces,
  faults: Faults,
): string {
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
  return tableText('ip', tableName, jumped, hooked);
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

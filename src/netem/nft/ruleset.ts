import type { Chain } from './rule.js';

/** Families of tables that paths use. */
export type Family = 'netdev' | 'bridge' | 'ip';

/** A chain with a hook, `hook` being all of its `type … priority …`. */
export interface HookedChain extends Chain {
  readonly hook: string;
}

function chainText({ name, rules }: Chain, hook?: string): string[] {
  const head = hook === undefined ? [] : [`    ${hook}; policy accept;`];
  return [`  chain ${name} {`, ...head, ...rules.map((rule) => `    ${rule}`), '  }'];
}

/**
 * A table as a file for `nft -f`, in one transaction: it replaces the table of that name, if there is one. A chain that
 * is given twice is written once.
 */
export function tableText(
  family: Family,
  name: string,
  chains: readonly Chain[],
  hooked: readonly HookedChain[],
): string {
  const jumped = [...new Map(chains.map((chain) => [chain.name, chain])).values()];
  return [
    `add table ${family} ${name}`,
    `delete table ${family} ${name}`,
    `table ${family} ${name} {`,
    ...jumped.flatMap((chain) => chainText(chain)),
    ...hooked.flatMap((chain) => chainText(chain, chain.hook)),
    '}',
    '',
  ].join('\n');
}

import { Inexpressible } from '../compile/inexpressible.js';
import type { MssSpec } from '../rewrite/mss.js';
import type { RstInjectSpec } from '../rewrite/rst-inject.js';
import type { StripOptionSpec } from '../rewrite/strip-option.js';
import type { WindowSpec } from '../rewrite/window.js';
import { byChance, type Rules } from './rule.js';

/** Rewrites of the TCP header. */

const firstKind = 2;
const lastKind = 255;
/** An option has at least two bytes and forty in all, but who repeats one does it once. */
const repeats = 2;

/** nft can only write constants into one byte: a chain with a rule for what the other flags may be. */
export function clearFlags(flags: number, name: string): Rules {
  const chain = `clear_${name}`;
  const rules: string[] = [];
  const others = 0xff & ~flags;
  for (let kept = 0; kept <= 0xff; kept++)
    if ((kept & flags) === 0)
      rules.push(`tcp flags & ${hex(others)} == ${hex(kept)} tcp flags set ${hex(kept)} return`);
  return {
    rules: [`tcp flags & ${hex(flags)} != 0 jump ${chain}`],
    chains: [{ name: chain, rules }],
  };
}

function hex(value: number): string {
  return `0x${value.toString(16).padStart(2, '0')}`;
}

export function mssRules(spec: MssSpec): Rules {
  if ('set' in spec)
    throw new Inexpressible(
      'nft only lowers a segment size (nft_exthdr.c `nft_exthdr_tcp_set_eval`)',
      `use \`mss: {clamp: ${spec.set}}\``,
    );
  return { rules: [`tcp flags & syn == syn tcp option maxseg size set ${spec.clamp}`] };
}

export function windowRules(spec: WindowSpec): Rules {
  return 'set' in spec
    ? { rules: [`tcp window set ${spec.set}`] }
    : { rules: [`tcp window > ${spec.clamp} tcp window set ${spec.clamp}`] };
}

export function reservedBitsRules(): Rules {
  return { rules: ['tcp reserved set 0'] };
}

export function urgentRules(): Rules {
  const { rules, chains } = clearFlags(0x20, 'urg');
  return { rules: [...rules, 'tcp urgptr != 0 tcp urgptr set 0'], chains: chains! };
}

export function stripOptionRules({ options, others, leave }: StripOptionSpec): Rules {
  if (leave === 'nothing')
    throw new Inexpressible('nft writes NOPs over options and cannot shorten a header', 'use `leave: nops`');
  const kinds: number[] = [];
  for (let kind = firstKind; kind <= lastKind; kind++)
    if (options.includes(kind) !== others) kinds.push(kind);
  const resets = kinds.map((kind) => Array<string>(repeats).fill(`reset tcp option ${kind}`).join(' '));
  return {
    rules: resets,
    note: `of one kind nft takes out the first ${repeats}, and drops a packet that ends inside one`,
  };
}

/** A RST to the sender about a segment that is taken out: all that nft's `reject` can do. */
export function rstInjectRules({ probability, flags, match, towards, drop }: RstInjectSpec): Rules {
  if (towards !== 'sender' || !drop)
    throw new Inexpressible(
      "nft's `reject with tcp reset` answers the sender and takes the segment out",
      'use `towards: sender` and `drop: true`',
    );
  if (match)
    throw new Inexpressible('predicates are not translated to nft', 'use `flags` alone, without `match`');
  const wanted = flags === 0 ? '' : `tcp flags & ${hex(flags)} == ${hex(flags)} `;
  const some = byChance(probability);
  return {
    rules: [`${wanted}tcp flags & rst != rst ${some}reject with tcp reset`],
    note: 'nft answers no segment with a wrong checksum',
    rejects: true,
  };
}

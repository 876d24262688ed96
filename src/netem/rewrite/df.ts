import { ipv4Field, ipv4Flag } from '../../packet/ipv4.js';
import type { Stage } from '../stage.js';
import { ip, isFragment, patchIp, rewriting } from './edit.js';

export interface DfSpec {
  readonly kind: 'df';
  readonly to: 'clear' | 'set';
}

const bit = ipv4Flag.dontFragment << 5;

/**
 * Clears Don't Fragment, as pf's `scrub no-df` and tunnels do that would rather fragment (pf.conf(5)), or sets
 * it on packets that are not fragments.
 */
export function df({ to }: DfSpec): Stage {
  return rewriting('df', `df ${to}`, ({ frame }) => {
    const before = frame[ip + ipv4Field.flagsFragment]!;
    const after = to === 'clear' ? before & ~bit : before | bit;
    if (after === before || (to === 'set' && isFragment(frame))) return undefined;
    patchIp(frame, ipv4Field.flagsFragment, after);
    return to === 'set' ? 1 : 0;
  });
}

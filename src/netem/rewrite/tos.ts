import { ipv4Field, ipv4Tos } from '../../packet/ipv4.js';
import type { Stage } from '../stage.js';
import { ip, patchIp, rewriting } from './edit.js';

export interface TosSpec {
  readonly kind: 'tos';
  /** The whole octet, DSCP and ECN, 0..255. */
  readonly set: number;
}

export interface DscpSpec {
  readonly kind: 'dscp';
  /** Differentiated services codepoint, 0..63; ECN stays. */
  readonly set: number;
}

const ecnMask = 3;

function marking(kind: string, text: string, next: (old: number) => number): Stage {
  return rewriting(kind, text, ({ frame }) => {
    const before = ipv4Tos(frame, ip);
    const after = next(before);
    if (after === before) return undefined;
    patchIp(frame, ipv4Field.tos, after);
    return after;
  });
}

/** Overwrites the octet that was the type of service (RFC 791), ECN included, as old routers and pf's `set-tos` do. */
export function tos({ set }: TosSpec): Stage {
  return marking('tos', `tos set ${set}`, () => set);
}

/** Marks at a boundary of a differentiated services domain (RFC 2474 section 3, RFC 2475): ECN is kept. */
export function dscp({ set }: DscpSpec): Stage {
  return marking('dscp', `dscp set ${set}`, (old) => (set << 2) | (old & ecnMask));
}

import { readUint16 } from '../../packet/bytes.js';
import { tcpFlags } from '../../packet/tcp.js';
import { tcpFlag } from '../../packet/tcp-flags.js';
import { tcpOptionKind } from '../../packet/tcp-options.js';
import type { Stage } from '../stage.js';
import { patchTcp16, rewriting, tcpAt } from './edit.js';
import { optionAsLinuxWalks } from './tcp-option-walk.js';

export type MssSpec =
  | {
      readonly kind: 'mss' /** Largest segment size that is let be, bytes, 1..65535. */;
      readonly clamp: number;
    }
  | { readonly kind: 'mss' /** New segment size, bytes, 1..65535. */; readonly set: number };

const optionLength = 4;

/**
 * Rewrites the maximum segment size that a SYN or SYN-ACK announces. `clamp` only lowers it, as nft's
 * `tcp option maxseg size set` and PPPoE routers do (RFC 4459 section 3.3; xt_TCPMSS never raises one). A SYN
 * without the option stays without.
 */
export function mss(spec: MssSpec): Stage {
  const text = 'clamp' in spec ? `mss clamp ${spec.clamp}` : `mss set ${spec.set}`;
  return rewriting('mss', text, ({ frame }) => {
    const tcp = tcpAt(frame);
    if (tcp === 0 || !(tcpFlags(frame, tcp) & tcpFlag.syn)) return undefined;
    const option = optionAsLinuxWalks(frame, tcp, tcpOptionKind.mss, optionLength);
    if (option === 0) return undefined;
    const at = option + 2;
    const before = readUint16(frame, at);
    const after = 'clamp' in spec ? Math.min(before, spec.clamp) : spec.set;
    if (after === before) return undefined;
    patchTcp16(frame, tcp, at, after);
    return after;
  });
}

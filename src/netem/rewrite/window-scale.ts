import { tcpFlags } from '../../packet/tcp.js';
import { tcpFlag } from '../../packet/tcp-flags.js';
import { tcpOptionKind } from '../../packet/tcp-options.js';
import type { Stage } from '../stage.js';
import { patchTcp, rewriting, tcpAt } from './edit.js';
import { optionValueAt } from './tcp-option-walk.js';

export type WindowScaleSpec =
  | { readonly kind: 'window-scale' /** Largest shift that is let be, 0..14. */; readonly clamp: number }
  | { readonly kind: 'window-scale' /** New shift, 0..14. */; readonly set: number };

/**
 * Rewrites the shift that a SYN or SYN-ACK offers (RFC 7323 section 2), as boxes do that would keep windows
 * small. The ends then read each other's windows wrongly: that is the fault which such boxes have.
 */
export function windowScale(spec: WindowScaleSpec): Stage {
  const text = 'clamp' in spec ? `window-scale clamp ${spec.clamp}` : `window-scale set ${spec.set}`;
  return rewriting('window-scale', text, ({ frame }) => {
    const tcp = tcpAt(frame);
    if (tcp === 0 || !(tcpFlags(frame, tcp) & tcpFlag.syn)) return undefined;
    const at = optionValueAt(frame, tcp, tcpOptionKind.windowScale, 3);
    if (at === 0) return undefined;
    const after = 'clamp' in spec ? Math.min(frame[at]!, spec.clamp) : spec.set;
    if (after === frame[at]) return undefined;
    patchTcp(frame, tcp, at, after);
    return after;
  });
}

import { tcpField, tcpWindow } from '../../packet/tcp.js';
import type { Stage } from '../stage.js';
import { patchTcp16, rewriting, tcpAt } from './edit.js';

export type WindowSpec =
  | {
      readonly kind: 'window' /** Largest window that is let be, as carried, 0..65535. */;
      readonly clamp: number;
    }
  | { readonly kind: 'window' /** New window, as carried, 0..65535. */; readonly set: number };

/**
 * Rewrites the window of every segment, as traffic shapers do to slow a sender (TCP rate control: Karandikar
 * et al., Computer Communication Review 30(1), 2000). Numbers are those on the wire, not scaled.
 */
export function window(spec: WindowSpec): Stage {
  const text = 'clamp' in spec ? `window clamp ${spec.clamp}` : `window set ${spec.set}`;
  return rewriting('window', text, ({ frame }) => {
    const tcp = tcpAt(frame);
    if (tcp === 0) return undefined;
    const before = tcpWindow(frame, tcp);
    const after = 'clamp' in spec ? Math.min(before, spec.clamp) : spec.set;
    if (after === before) return undefined;
    patchTcp16(frame, tcp, tcp + tcpField.window, after);
    return after;
  });
}

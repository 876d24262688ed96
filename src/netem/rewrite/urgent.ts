import { tcpField, tcpFlags, tcpUrgentPointer } from '../../packet/tcp.js';
import { tcpFlag } from '../../packet/tcp-flags.js';
import type { Stage } from '../stage.js';
import { patchTcp, patchTcp16, rewriting, tcpAt } from './edit.js';

export interface UrgentSpec {
  readonly kind: 'urgent';
  readonly to: 'clear';
}

/**
 * Clears URG and the urgent pointer, as Cisco's ASA does unless told `urgent-flag allow` (RFC 6093 section 3.4:
 * such boxes turn urgent data into ordinary data). A pointer without the flag is cleared as well.
 */
export function urgent(_spec: UrgentSpec): Stage {
  return rewriting('urgent', 'urgent clear', ({ frame }) => {
    const tcp = tcpAt(frame);
    if (tcp === 0) return undefined;
    const flags = tcpFlags(frame, tcp);
    if (!(flags & tcpFlag.urg) && tcpUrgentPointer(frame, tcp) === 0) return undefined;
    patchTcp(frame, tcp, tcp + tcpField.flags, flags & ~tcpFlag.urg);
    patchTcp16(frame, tcp, tcp + tcpField.urgentPointer, 0);
    return 0;
  });
}

import { tcpField, tcpReserved } from '../../packet/tcp.js';
import type { Stage } from '../stage.js';
import { patchTcp, rewriting, tcpAt } from './edit.js';

export interface ReservedBitsSpec {
  readonly kind: 'reserved-bits';
  readonly to: 'clear';
}

/** Clears the four reserved bits of the TCP header, AE among them, as Cisco's `reserved-bits clear` does (tcp-map). */
export function reservedBits(_spec: ReservedBitsSpec): Stage {
  return rewriting('reserved-bits', 'reserved-bits clear', ({ frame }) => {
    const tcp = tcpAt(frame);
    if (tcp === 0 || tcpReserved(frame, tcp) === 0) return undefined;
    patchTcp(frame, tcp, tcp + tcpField.dataOffsetReserved, frame[tcp + tcpField.dataOffsetReserved]! & 0xf0);
    return 0;
  });
}

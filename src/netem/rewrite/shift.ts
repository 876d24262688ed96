import { tcpField, tcpFlags } from '../../packet/tcp.js';
import { tcpFlag } from '../../packet/tcp-flags.js';
import { tcpOptionKind } from '../../packet/tcp-options.js';
import { shiftTcp32 } from './edit.js';
import { placedOptions } from './tcp-option-walk.js';

/** Whose sequence numbers, or clock, a box rewrites. */
export type Side = 'prober' | 'machine' | 'both';

/**
 * Adds `own` to a segment's sequence number and takes `peer` off what it acknowledges, SACK blocks included
 * (RFC 2018). The acknowledgment number means nothing without ACK and is then let be. True when bytes changed.
 */
export function shiftNumbers(frame: Uint8Array, tcp: number, own: number, peer: number): boolean {
  if (own !== 0) shiftTcp32(frame, tcp, tcp + tcpField.sequence, own);
  if (peer === 0 || !(tcpFlags(frame, tcp) & tcpFlag.ack)) return own !== 0;
  shiftTcp32(frame, tcp, tcp + tcpField.acknowledgment, -peer);
  for (const { kind, at, length } of placedOptions(frame, tcp))
    if (kind === tcpOptionKind.sack && length % 8 === 2)
      for (let edge = at + 2; edge < at + length; edge += 4) shiftTcp32(frame, tcp, edge, -peer);
  return true;
}

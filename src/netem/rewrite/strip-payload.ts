import { tcpFlags, tcpHeaderLength } from '../../packet/tcp.js';
import { tcpFlag } from '../../packet/tcp-flags.js';
import type { Stage } from '../stage.js';
import { isFragment, packetEnd, rewriting, spliceTcp, tcpAt } from './edit.js';

export interface StripPayloadSpec {
  readonly kind: 'strip-payload';
  /** Which segments lose their data. */
  readonly of: 'syn' | 'all';
}

const nothing = new Uint8Array(0);

/**
 * Takes the data out of TCP segments: out of SYNs, as boxes do that know no data there (RFC 7413 section 7.1;
 * Honda et al., IMC 2011), or out of all. Fragments are left alone.
 */
export function stripPayload({ of }: StripPayloadSpec): Stage {
  return rewriting('strip-payload', `strip-payload ${of}`, (packet) => {
    const { frame } = packet;
    const tcp = tcpAt(frame);
    if (tcp === 0 || isFragment(frame)) return undefined;
    if (of === 'syn' && !(tcpFlags(frame, tcp) & tcpFlag.syn)) return undefined;
    const [from, to] = [tcp + tcpHeaderLength(frame, tcp), packetEnd(frame)];
    if (from === to) return undefined;
    packet.frame = spliceTcp(frame, tcp, from, to, nothing);
    return to - from;
  });
}

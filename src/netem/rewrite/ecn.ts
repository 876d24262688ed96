import { ipv4Field, ipv4Tos } from '../../packet/ipv4.js';
import { tcpField, tcpFlags } from '../../packet/tcp.js';
import { tcpFlag } from '../../packet/tcp-flags.js';
import { plain, type Stage } from '../stage.js';
import { ip, patchIp, patchTcp, rewriting, tcpAt } from './edit.js';

export type EcnSpec =
  | {
      readonly kind: 'ecn';
      /** Bleached: the codepoint in the IP header, ECE and CWR in the TCP header, or both. */
      readonly clear: 'ip' | 'tcp' | 'all';
    }
  | {
      readonly kind: 'ecn';
      /** Probability that a packet meets congestion, 0..1. */
      readonly mark: number;
    };

const codepoint = 3;
const congestionExperienced = 3;
const tcpBits = tcpFlag.ece | tcpFlag.cwr;

function clearing(clear: 'ip' | 'tcp' | 'all'): Stage {
  return rewriting('ecn', `ecn clear ${clear}`, ({ frame }) => {
    let changed = false;
    const tos = ipv4Tos(frame, ip);
    if (clear !== 'tcp' && tos & codepoint) {
      patchIp(frame, ipv4Field.tos, tos & ~codepoint);
      changed = true;
    }
    const tcp = clear === 'ip' ? 0 : tcpAt(frame);
    if (tcp > 0 && tcpFlags(frame, tcp) & tcpBits) {
      patchTcp(frame, tcp, tcp + tcpField.flags, tcpFlags(frame, tcp) & ~tcpBits);
      changed = true;
    }
    return changed ? 0 : undefined;
  });
}

function marking(probability: number): Stage {
  return rewriting('ecn', `ecn mark ${plain(probability * 100)}%`, ({ frame }, actions) => {
    const tos = ipv4Tos(frame, ip);
    const found = tos & codepoint;
    if (found === 0 || found === congestionExperienced || actions.random(0) >= probability) return undefined;
    patchIp(frame, ipv4Field.tos, tos | congestionExperienced);
    return congestionExperienced;
  });
}

/**
 * Explicit congestion notification on the way (RFC 3168): bleached, as boxes do that take the bits for part of
 * the type of service (`ip`; `tcp` is iptables' `--ecn-tcp-remove`), or marked CE where a router is congested
 * (section 5). Packets that are not ECN-capable are left alone: what drops them is `loss`.
 */
export function ecn(spec: EcnSpec): Stage {
  return 'clear' in spec ? clearing(spec.clear) : marking(spec.mark);
}

import { readUint16, writeUint16 } from '../../packet/bytes.js';
import { updateChecksum } from '../../packet/checksum.js';
import { ethernetHeaderLength } from '../../packet/ethernet.js';
import { ipv4Field } from '../../packet/ipv4.js';
import type { Stage } from '../stage.js';

export type TtlSpec =
  | { readonly kind: 'ttl' /** New time to live, 1..255. */; readonly set: number }
  | { readonly kind: 'ttl' /** Hops to count down, 1..255. */; readonly decrement: number };

const ttlAt = ethernetHeaderLength + ipv4Field.ttl;
const checksumAt = ethernetHeaderLength + ipv4Field.checksum;

function rewriteTtl(frame: Uint8Array, ttl: number): void {
  const before = readUint16(frame, ttlAt);
  frame[ttlAt] = ttl;
  writeUint16(
    frame,
    checksumAt,
    updateChecksum(readUint16(frame, checksumAt), before, readUint16(frame, ttlAt)),
  );
}

/**
 * Sets the time to live as a normalising firewall does, or counts it down as routers do: at 0 the packet is
 * dropped (RFC 791 section 3.2; the ICMP time-exceeded message is not simulated).
 */
export function ttl(spec: TtlSpec): Stage {
  const next = 'set' in spec ? () => spec.set : (old: number) => old - spec.decrement;
  return {
    kind: 'ttl',
    text: 'set' in spec ? `ttl set ${spec.set}` : `ttl decrement ${spec.decrement}`,
    process: (packet, actions) => {
      const value = next(packet.frame[ttlAt]!);
      if (value <= 0) {
        actions.drop();
        return;
      }
      rewriteTtl(packet.frame, value);
      actions.note('set', value);
      actions.pass();
    },
  };
}

import { tcpField, tcpHeaderLength } from '../../packet/tcp.js';
import { tcpOptionKind } from '../../packet/tcp-options.js';
import type { Stage } from '../stage.js';
import { replaceTcpOptions, rewriting, tcpAt } from './edit.js';
import { placedOptions, tcpOptionName } from './tcp-option-walk.js';

export interface ReorderOptionsSpec {
  readonly kind: 'reorder-options';
  /** Kinds that come first, in this order; all others follow as they came. */
  readonly order: readonly number[];
}

/**
 * Puts TCP options into an order of its own, as proxies and normalisers do that write the header anew; RFC 9293
 * section 3.1 gives options no order, while fingerprints live on it. NOPs go to the end of the list; what lies
 * behind the end of the list, or is malformed, stays last.
 */
export function reorderOptions({ order }: ReorderOptionsSpec): Stage {
  const rank = (kind: number) => (order.includes(kind) ? order.indexOf(kind) : order.length);
  const text = `reorder-options ${order.map(tcpOptionName).join(' ')}`;
  return rewriting('reorder-options', text, (packet) => {
    const { frame } = packet;
    const tcp = tcpAt(frame);
    if (tcp === 0) return undefined;
    const found = placedOptions(frame, tcp);
    const sorted = [...found].sort((a, b) => rank(a.kind) - rank(b.kind));
    if (sorted.every((option, index) => option === found[index])) return undefined;
    const start = tcp + tcpField.options;
    const area = frame.slice(start, tcp + tcpHeaderLength(frame, tcp));
    const last = found.at(-1)!;
    const listed = last.at + last.length - start;
    const ordered = new Uint8Array(listed).fill(tcpOptionKind.nop);
    let next = 0;
    for (const { at, length } of sorted) {
      ordered.set(frame.subarray(at, at + length), next);
      next += length;
    }
    area.set(ordered);
    packet.frame = replaceTcpOptions(frame, tcp, area);
    return sorted.length;
  });
}

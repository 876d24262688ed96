import { paddedToWord } from '../../packet/bytes.js';
import { tcpField, tcpHeaderLength } from '../../packet/tcp.js';
import { tcpOptionKind } from '../../packet/tcp-options.js';
import type { Stage } from '../stage.js';
import { patchTcp, replaceTcpOptions, rewriting, tcpAt } from './edit.js';
import { optionsAsLinuxWalks, placedOptions, tcpOptionName } from './tcp-option-walk.js';

export interface StripOptionSpec {
  readonly kind: 'strip-option';
  /** Kinds, 2..255 each. */
  readonly options: readonly number[];
  /** Take out all but those kinds. */
  readonly others: boolean;
  /** What is left in their place: NOPs, so that lengths stay, or nothing, so that the header gets shorter. */
  readonly leave: 'nops' | 'nothing';
}

/**
 * Takes TCP options out of every segment. Leaving NOPs is what nft's `reset tcp option`, iptables' TCPOPTSTRIP
 * and Cisco's `tcp-options ... clear` do; leaving nothing is what proxies do that write the header anew. That
 * options go missing on some paths: Honda et al., IMC 2011, section 4.
 */
export function stripOption({ options, others, leave }: StripOptionSpec): Stage {
  const which = `${others ? 'all but ' : ''}${options.map(tcpOptionName).join(' ')}`;
  const text = `strip-option ${which}${leave === 'nothing' ? ' leave nothing' : ''}`;
  return rewriting('strip-option', text, (packet) => {
    const { frame } = packet;
    const tcp = tcpAt(frame);
    if (tcp === 0) return undefined;
    const end = tcp + tcpHeaderLength(frame, tcp);
    const walked = leave === 'nops' ? optionsAsLinuxWalks(frame, tcp) : placedOptions(frame, tcp);
    const found = walked.filter(
      ({ kind, at, length }) => options.includes(kind) !== others && at + length <= end,
    );
    if (found.length === 0) return undefined;
    if (leave === 'nops')
      for (const { at, length } of found)
        for (let byte = at; byte < at + length; byte++) patchTcp(frame, tcp, byte, tcpOptionKind.nop);
    else packet.frame = replaceTcpOptions(frame, tcp, withoutAreas(frame, tcp, found));
    return found.length;
  });
}

function withoutAreas(
  frame: Uint8Array,
  tcp: number,
  areas: readonly { readonly at: number; readonly length: number }[],
): Uint8Array {
  const kept: number[] = [];
  let at = tcp + tcpField.options;
  for (const area of areas) {
    kept.push(...frame.subarray(at, area.at));
    at = area.at + area.length;
  }
  kept.push(...frame.subarray(at, tcp + tcpHeaderLength(frame, tcp)));
  const padded = new Uint8Array(paddedToWord(kept.length)).fill(tcpOptionKind.eol);
  padded.set(kept);
  return padded;
}

import { ethernetHeaderLength } from '../../packet/ethernet.js';
import { ipv4TotalLength } from '../../packet/ipv4.js';
import type { Stage } from '../stage.js';
import { chooser, correlationText, percent } from './correlation.js';

export interface CorruptSpec {
  readonly kind: 'corrupt';
  /** Probability that a bit of a packet is turned over, 0..1. */
  readonly probability: number;
  /** 0..1; see `blended`. */
  readonly correlation?: number | undefined;
}

/**
 * netem's `corrupt`: one bit of the chosen packet, anywhere in it, is turned over and no checksum is mended
 * (tc-netem(8)). The kernel's may hit the Ethernet header too; a link would find that out and drop the frame,
 * and so here it is the IPv4 packet that is hit.
 */
export function corrupt({ probability, correlation }: CorruptSpec): Stage {
  const chosen = chooser(probability, correlation);
  return {
    kind: 'corrupt',
    text: `corrupt ${percent(probability)}${correlationText(correlation)}`,
    process: ({ frame }, actions) => {
      if (chosen(actions)) {
        const there = frame.length - ethernetHeaderLength;
        const stated = ipv4TotalLength(frame, ethernetHeaderLength);
        const offset = Math.floor(actions.random(1) * (stated > 0 ? Math.min(there, stated) : there));
        const at = ethernetHeaderLength + offset;
        frame[at]! ^= 1 << Math.floor(actions.random(2) * 8);
        actions.note('corrupt', offset);
      }
      actions.pass();
    },
  };
}

import { plain } from '../stage.js';

/** A chain that rules jump to; chains of one name say the same. */
export interface Chain {
  readonly name: string;
  readonly rules: readonly string[];
}

/** What one stage is in nft: rules in order, and what they need. */
export interface Rules {
  readonly rules: readonly string[];
  readonly chains?: readonly Chain[];
  /** Where nft does something else than the simulated stage does. */
  readonly note?: string | undefined;
  /** Has a `reject`. */
  readonly rejects?: boolean;
}

const parts = 1_000_000_000;

/** A match that holds for a share of the packets; nothing for all of them. */
export function byChance(probability: number): string {
  return probability >= 1 ? '' : `numgen random mod ${parts} < ${plain(Math.round(probability * parts))} `;
}

export const notFragment = 'ip frag-off & 0x3fff == 0';

import type { Sample } from './sequence-tests.js';

/**
 * How the timestamps of a machine's connections hang together: `shared` one clock shown by all, `own` an offset drawn for each,
 * `zero` always 0, `none` no such option.
 */
export const timestampOffsets = ['shared', 'own', 'zero', 'none'] as const;
export type TimestampOffset = (typeof timestampOffsets)[number];

/** Between answers 100 ms apart no clock goes further: it would be one of 1 MHz. */
const furthest = 100_000;

const distance = (from: number, to: number) => Math.min((to - from) >>> 0, (from - to) >>> 0);

/**
 * By the timestamps of answers on different connections, 100 ms apart; undefined for fewer than two.
 *
 * @param samples undefined for an answer that has none
 */
export function timestampOffset(samples: readonly (Sample | undefined)[]): TimestampOffset | undefined {
  if (samples.length < 2) return undefined;
  const known = samples.filter((sample) => sample !== undefined);
  if (known.length < samples.length) return 'none';
  if (known.every(({ value }) => value === 0)) return 'zero';
  const steps = known.slice(1).map(({ value }, index) => distance(known[index]!.value, value));
  return steps.every((step) => step <= furthest) ? 'shared' : 'own';
}

/** Hz of the clock of one connection by its first and its last packet; undefined where less than half a second lies between. */
export function timestampHz(samples: readonly (Sample | undefined)[]): number | undefined {
  const known = samples.filter((sample) => sample !== undefined);
  const [first, last] = [known[0], known.at(-1)];
  if (!first || !last || last.sentMs - first.sentMs < 500) return undefined;
  return (1000 * distance(first.value, last.value)) / (last.sentMs - first.sentMs);
}

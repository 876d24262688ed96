/** Versions from one to another, both included: [6, 12] or [6] for all that begin so. */
interface Range {
  readonly from: readonly number[];
  readonly to: readonly number[];
}

/** What a label or a verdict names. */
interface Named {
  /** Whole words, lower-case. */
  readonly words: readonly string[];
  /** Undefined where it names no version. */
  readonly range: Range | undefined;
}

/** How a verdict lies to a label. */
export type Outcome = 'exact' | 'among' | 'vague' | 'wrong' | 'none';

const version = String.raw`\d+(?:\.(?:\d+|[xX]))*`;
const endless = [Number.POSITIVE_INFINITY];

/** `2.6.x` as [2, 6]. */
const numbersOf = (text: string) =>
  text
    .split('.')
    .filter((part) => /^\d+$/.test(part))
    .map(Number);

/**
 * The versions that a text names: `4.15 - 5.8`, `3.11 and newer`, `2.6.x`, `3.10, 3.16, or 4.4` (from the least to the
 * greatest).
 */
function rangeOf(text: string): Range | undefined {
  const found = [...text.matchAll(new RegExp(String.raw`(?<![\w.])${version}(?![\w])`, 'g'))].map(([each]) =>
    numbersOf(each),
  );
  if (found.length === 0) return undefined;
  found.sort(compare);
  const newer = /\b(and|or) (newer|later|above)\b|\+/.test(text);
  return { from: found[0]!, to: newer ? endless : found.at(-1)! };
}

function named(text: string): Named {
  const words = text.toLowerCase().split(/[^a-z0-9]+/);
  return { words, range: rangeOf(text) };
}

/** Component by component, as far as both go. */
function compare(a: readonly number[], b: readonly number[]): number {
  for (let at = 0; at < Math.min(a.length, b.length); at++) if (a[at] !== b[at]) return a[at]! - b[at]!;
  return 0;
}

const isWithin = (inner: Range, outer: Range) =>
  compare(inner.from, outer.from) >= 0 &&
  compare(inner.to, outer.to) <= 0 &&
  // 6.x lies not within 6.12.
  inner.from.length >= outer.from.length &&
  inner.to.length >= outer.to.length;

function outcomeOfOne(family: string, range: Range | undefined, verdict: Named): Outcome {
  if (!verdict.words.includes(family)) return 'wrong';
  if (!range) return 'exact';
  if (!verdict.range) return 'vague';
  if (isWithin(verdict.range, range)) return 'exact';
  const apart = compare(verdict.range.to, range.from) < 0 || compare(verdict.range.from, range.to) > 0;
  return apart ? 'wrong' : 'among';
}

/**
 * What a tool's best verdicts, all equally good, say about a label such as `linux`, `linux 6.x` or `linux 6.12`: its first
 * word is the family, which a verdict must name.
 */
export function outcomeOf(label: string, verdicts: readonly string[]): Outcome {
  if (verdicts.length === 0) return 'none';
  const [family = ''] = named(label).words;
  const range = rangeOf(label);
  const outcomes = new Set(verdicts.map((verdict) => outcomeOfOne(family, range, named(verdict))));
  if (outcomes.size === 1) return [...outcomes][0]!;
  if (outcomes.has('exact') || outcomes.has('among')) return 'among';
  return outcomes.has('vague') ? 'vague' : 'wrong';
}

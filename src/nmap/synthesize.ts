import type { RandomStream } from '../random.js';
import type { Reference } from './database.js';
import type { Alternative, Expression } from './expression.js';
import type { Fingerprint } from './fingerprint.js';
import { hexadecimal } from './hexadecimal.js';

/** The values of fields that a bound leaves open end here, unless the bound is above it. */
const largest = 0xffff;

function between(low: number, high: number, random: Pick<RandomStream, 'below'>): string {
  return hexadecimal(low + random.below(high - low + 1));
}

function synthesizeAlternative(alternative: Alternative, random: Pick<RandomStream, 'below'>): string {
  switch (alternative.kind) {
    case 'text':
      return alternative.text;
    case 'range':
      return between(alternative.low.value, Math.max(alternative.low.value, alternative.high.value), random);
    case 'above':
      return between(alternative.bound.value + 1, Math.max(largest, alternative.bound.value + 1), random);
    case 'below':
      return between(0, Math.max(0, alternative.bound.value - 1), random);
    case 'nested':
      return alternative.parts
        .map((part) => (typeof part === 'string' ? part : synthesizeValue(part, random)))
        .join('');
  }
}

/** One of the values that an expression allows, each alternative as likely as the others. */
export function synthesizeValue(expression: Expression, random: Pick<RandomStream, 'below'>): string {
  const at = random.below(expression.length);
  return synthesizeAlternative(expression[at]!, random);
}

/** What a machine that matches the reference in every test might answer. */
export function synthesizeFingerprint(reference: Reference, random: RandomStream): Fingerprint {
  const tests = (line: ReadonlyMap<string, Expression>) =>
    new Map([...line].map(([test, expression]) => [test, synthesizeValue(expression, random)]));
  return new Map([...reference.expressions].map(([name, line]) => [name, tests(line)]));
}

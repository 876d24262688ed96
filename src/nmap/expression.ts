import { FormatFault } from './fingerprint.js';

/**
 * What a reference allows for a test (Nmap Network Scanning, "Decoding the Reference Fingerprint Format"): values
 * with `|` between them, each a text, a range or a bound of hexadecimal numbers, or a text in which brackets hold
 * an expression for the number that stands there, as in `M[500-5B4]ST11NW[7-9]`.
 */
export type Expression = readonly Alternative[];

export type Alternative =
  | { readonly kind: 'text'; readonly text: string }
  /** Both ends belong to it. `low` and `high` keep the spelling beside the number. */
  | { readonly kind: 'range'; readonly low: Bound; readonly high: Bound }
  | { readonly kind: 'above'; readonly bound: Bound }
  | { readonly kind: 'below'; readonly bound: Bound }
  | { readonly kind: 'nested'; readonly parts: readonly (string | Expression)[] };

/** A hexadecimal number as it was written. */
export interface Bound {
  readonly text: string;
  readonly value: number;
}

const hex = /^[0-9A-F]+$/;
const deepest = 8;

/**
 * Reads an expression. What looks like a range or a bound and is not of hexadecimal numbers is a text that few
 * machines will send: nmap's own database has such slips (`M[4EC-M5B0]`); {@link doubtful} finds them.
 *
 * @throws FormatFault for a bracket without its partner
 */
export function parseExpression(text: string, depth = 0): Expression {
  if (depth > deepest) throw new FormatFault(`brackets more than ${deepest} deep`);
  return splitOutside(text).map((part) => parseAlternative(part, depth));
}

/** The parts between the `|` that no bracket holds. */
function splitOutside(text: string): string[] {
  const parts: string[] = [];
  let open = 0;
  let start = 0;
  for (let at = 0; at < text.length; at++) {
    const character = text[at];
    if (character === '[') open++;
    if (character === ']') open--;
    if (open < 0) break;
    if (character !== '|' || open > 0) continue;
    parts.push(text.slice(start, at));
    start = at + 1;
  }
  if (open !== 0) throw new FormatFault(`a bracket of "${text}" has no partner`);
  return [...parts, text.slice(start)];
}

function parseAlternative(text: string, depth: number): Alternative {
  if (text.includes('[')) return { kind: 'nested', parts: nestedParts(text, depth) };
  const [, sign, bound] = /^([<>])([0-9A-F]+)$/.exec(text) ?? [];
  if (bound !== undefined) return { kind: sign === '>' ? 'above' : 'below', bound: boundOf(bound) };
  const [, low, high] = /^([0-9A-F]+)-([0-9A-F]+)$/.exec(text) ?? [];
  if (low === undefined || high === undefined) return { kind: 'text', text };
  return { kind: 'range', low: boundOf(low), high: boundOf(high) };
}

const boundOf = (text: string): Bound => ({ text, value: Number.parseInt(text, 16) });

/** The first alternative that looks like a range or a bound and can never be one. */
export function doubtful(expression: Expression): string | undefined {
  for (const alternative of expression) {
    if (alternative.kind === 'text' && /[<>-]/.test(alternative.text)) return alternative.text;
    if (alternative.kind === 'range' && alternative.low.value > alternative.high.value)
      return formatAlternative(alternative);
    const nested = alternative.kind === 'nested' ? alternative.parts : [];
    for (const part of nested) {
      const found = typeof part === 'string' ? undefined : doubtful(part);
      if (found !== undefined) return found;
    }
  }
  return undefined;
}

function nestedParts(text: string, depth: number): (string | Expression)[] {
  const parts: (string | Expression)[] = [];
  let open = 0;
  let start = 0;
  for (let at = 0; at < text.length; at++) {
    if (text[at] === '[' && open++ === 0) {
      parts.push(text.slice(start, at));
      start = at + 1;
    }
    if (text[at] === ']' && --open === 0) {
      parts.push(parseExpression(text.slice(start, at), depth + 1));
      start = at + 1;
    }
  }
  return [...parts, text.slice(start)];
}

/** The expression as it was written. */
export function formatExpression(expression: Expression): string {
  return expression.map(formatAlternative).join('|');
}

function formatAlternative(alternative: Alternative): string {
  switch (alternative.kind) {
    case 'text':
      return alternative.text;
    case 'range':
      return `${alternative.low.text}-${alternative.high.text}`;
    case 'above':
      return `>${alternative.bound.text}`;
    case 'below':
      return `<${alternative.bound.text}`;
    case 'nested':
      return alternative.parts
        .map((part) => (typeof part === 'string' ? part : `[${formatExpression(part)}]`))
        .join('');
  }
}

/**
 * True when a subject's value is one that the expression allows. As nmap has it (7.93, seen in its results), a text
 * that others follow allows all that begins with it, so that `|M5B4` allows anything; the last must be equal.
 */
export function matches(expression: Expression, value: string): boolean {
  const last = expression.length - 1;
  return expression.some(
    (alternative, at) =>
      allows(alternative, value) ||
      (at < last && alternative.kind === 'text' && value.startsWith(alternative.text)),
  );
}

const equals = (expression: Expression, value: string) =>
  expression.some((alternative) => allows(alternative, value));

function allows(alternative: Alternative, value: string): boolean {
  if (alternative.kind === 'text') return alternative.text === value;
  if (alternative.kind === 'nested') return fits(alternative.parts, 0, value);
  if (!hex.test(value)) return false;
  const number = Number.parseInt(value, 16);
  if (alternative.kind === 'above') return number > alternative.bound.value;
  if (alternative.kind === 'below') return number < alternative.bound.value;
  return number >= alternative.low.value && number <= alternative.high.value;
}

/** Letters of TCP options are hexadecimal digits, too (`E`): where a number ends must be tried. */
function fits(parts: readonly (string | Expression)[], at: number, value: string): boolean {
  const part = parts[at];
  if (part === undefined) return value === '';
  if (typeof part === 'string')
    return value.startsWith(part) && fits(parts, at + 1, value.slice(part.length));
  const digits = /^[0-9A-F]*/.exec(value)![0].length;
  for (let length = digits; length >= 0; length--)
    if (equals(part, value.slice(0, length)) && fits(parts, at + 1, value.slice(length))) return true;
  return false;
}

import { lineNames, testsOf } from './tests.js';

/** The tests of one line by name; a reference has an expression where a subject has a value. */
export type TestLine = ReadonlyMap<string, string>;

/** Lines by name (`SEQ`, `T1`, …), tests in the order in which they were written. */
export type Fingerprint = ReadonlyMap<string, TestLine>;

/** A fault in a text, told by the caller with the place where it stands. */
export class FormatFault extends Error {
  constructor(
    message: string,
    readonly remedy?: string,
  ) {
    super(message);
  }
}

/**
 * The name and the attributes of `NAME(A=1%B=2)`; of any name and any attributes.
 *
 * @throws FormatFault when it has another form
 */
export function parseAttributes(text: string): { name: string; attributes: Map<string, string> } {
  const match = /^([A-Z][A-Z0-9]*)\((.*)\)$/.exec(text);
  if (!match) throw new FormatFault(`"${excerpt(text)}" is not of the form ${formOf(text)}`);
  const [, name, inner] = match;
  const attributes = new Map<string, string>();
  if (inner === '') return { name: name!, attributes };
  for (const part of inner!.split('%')) {
    const equals = part.indexOf('=');
    const key = part.slice(0, Math.max(0, equals));
    if (!/^[A-Z][A-Z0-9]*$/.test(key))
      throw new FormatFault(`"${excerpt(part)}" in ${name} is not of the form TEST=VALUE`);
    if (/[()]/.test(part)) throw new FormatFault(`${name} has a parenthesis in the value of ${key}`);
    if (attributes.has(key)) throw new FormatFault(`${name} has ${key} twice`);
    attributes.set(key, part.slice(equals + 1));
  }
  return { name: name!, attributes };
}

const formOf = (text: string) => `${/^[A-Z][A-Z0-9]*/.exec(text)?.[0] ?? 'NAME'}(TEST=VALUE%…)`;

/** The start of a text, for a message. */
export const excerpt = (text: string) => (text.length > 40 ? `${text.slice(0, 40)}…` : text);

/** {@link parseAttributes} for a line of a fingerprint. @throws FormatFault for a line or test that there is not */
export function parseTestLine(text: string): { name: string; tests: TestLine } {
  const { name, attributes } = parseAttributes(text);
  const known = testsOf[name];
  if (!known) throw new FormatFault(`there is no line ${name}`, `a fingerprint has ${lineNames.join(', ')}`);
  for (const test of attributes.keys())
    if (!known.includes(test))
      throw new FormatFault(`${name} has no test ${test}`, `it has ${known.join(', ')}`);
  return { name, tests: attributes };
}

/** `NAME(A=1%B=2)`. */
export function formatLine(name: string, attributes: ReadonlyMap<string, string>): string {
  return `${name}(${[...attributes].map(([key, value]) => `${key}=${value}`).join('%')})`;
}

/** One line of text a line of the fingerprint. */
export function formatFingerprint(fingerprint: Fingerprint): string[] {
  return [...fingerprint].map(([name, tests]) => formatLine(name, tests));
}

import type { Exchange, Response, ResponseFields } from './response.js';

type Loose<Value> = Exclude<Value, undefined> | RegExp;

/**
 * What is asked of a response: values, regular expressions, or asymmetric matchers of the test runner. Options may be
 * named without values: `M,S,T,N,W` fits `M1460,S,T,N,W7`; flags are compared in any order.
 */
export type ResponsePattern = {
  readonly [Field in keyof ResponseFields]?:
    | Loose<ResponseFields[Field]>
    | { asymmetricMatch(value: unknown): boolean };
};

/** A field that is not as it was asked for. */
export interface Difference {
  readonly field: string;
  readonly expected: unknown;
  readonly found: unknown;
}

export type Equals = (found: unknown, expected: unknown) => boolean;

const letters = (flags: string) => [...flags].sort().join('');

/** Without the numbers where the pattern has none: `M1460` against `M`. */
function optionsFit(found: string, pattern: string): boolean {
  const [given, asked] = [found, pattern].map((text) => (text === '' ? [] : text.split(',')));
  return (
    given!.length === asked!.length &&
    asked!.every((one, at) => one === given![at] || (/^[A-Z]$/.test(one) && given![at]!.startsWith(one)))
  );
}

function fits(field: string, found: unknown, expected: unknown, equals: Equals): boolean {
  if (expected instanceof RegExp) return found !== undefined && expected.test(String(found));
  if (typeof found === 'string' && typeof expected === 'string') {
    if (field === 'options') return optionsFit(found, expected);
    if (field === 'flags') return letters(found) === letters(expected);
  }
  return equals(found, expected);
}

/** The fields of a pattern that a response does not have as asked. */
export function differences(response: Response, pattern: ResponsePattern, equals: Equals): Difference[] {
  return Object.entries(pattern).flatMap(([field, expected]) => {
    const found = response[field as keyof ResponseFields];
    return fits(field, found, expected, equals) ? [] : [{ field, expected, found }];
  });
}

/** What came back, in a line for each packet. */
export function describeExchange({ machine, probe, responses }: Exchange): string {
  const lines = responses.map((one) => `  ${one.afterMs.toFixed(1)} ms  ${one}`);
  return [`${machine} was sent ${probe}`, ...(lines.length > 0 ? lines : ['  silence'])].join('\n');
}

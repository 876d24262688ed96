import { expect } from 'vitest';
import {
  type Difference,
  describeExchange,
  differences,
  type Exchange,
  type ResponsePattern,
} from '../library/index.js';

interface StackbedMatchers<R = unknown> {
  /** Some packet came back. */
  toAnswer(): R;
  /** Nothing came back. */
  toBeSilent(): R;
  /**
   * The first response has these fields.
   *
   * @example
   * expect(await machine.probe(syn())).toMatchResponse({ flags: 'SA', window: 65160, options: 'M,S,T,N,W' });
   */
  toMatchResponse(pattern: ResponsePattern): R;
}

declare module 'vitest' {
  // biome-ignore lint/suspicious/noExplicitAny: vitest declares it so
  interface Matchers<T = any> extends StackbedMatchers<T> {}
}

function exchangeOf(received: unknown): Exchange {
  const given = received as Partial<Exchange> | undefined;
  if (typeof given?.machine === 'string' && Array.isArray(given.responses)) return given as Exchange;
  const isPromise = typeof (received as { then?: unknown } | undefined)?.then === 'function';
  throw new TypeError(
    isPromise
      ? 'expected what a probe brought back, found a promise of it: await machine.probe(…) first'
      : 'expected what machine.probe(…) resolves with',
  );
}

const shown = (value: unknown) =>
  value === undefined ? 'none' : value instanceof RegExp ? String(value) : JSON.stringify(value);

/** One line a field, the expected values under each other. */
function diffText(found: readonly Difference[]): string {
  const rows = found.map(
    ({ field, expected, found: value }) => [field, shown(expected), shown(value)] as const,
  );
  const width = (column: 0 | 1) => Math.max(...rows.map((row) => row[column].length));
  return rows
    .map(
      ([field, expected, value]) => `  ${field.padEnd(width(0))}  - ${expected.padEnd(width(1))}  + ${value}`,
    )
    .join('\n');
}

expect.extend({
  toAnswer(received: unknown) {
    const exchange = exchangeOf(received);
    const pass = exchange.responses.length > 0;
    return {
      pass,
      message: () => `expected ${pass ? 'silence' : 'an answer'}\n${describeExchange(exchange)}`,
    };
  },
  toBeSilent(received: unknown) {
    const exchange = exchangeOf(received);
    const pass = exchange.responses.length === 0;
    return {
      pass,
      message: () => `expected ${pass ? 'an answer' : 'silence'}\n${describeExchange(exchange)}`,
    };
  },
  toMatchResponse(received: unknown, pattern: ResponsePattern) {
    const exchange = exchangeOf(received);
    const { response } = exchange;
    if (!response)
      return { pass: false, message: () => `expected a response\n${describeExchange(exchange)}` };
    const found = differences(response, pattern, (a, b) => this.equals(a, b));
    return {
      pass: found.length === 0,
      message: () =>
        found.length === 0
          ? `expected another response than ${shown(pattern)}\n${describeExchange(exchange)}`
          : `the response differs (- expected, + found)\n${diffText(found)}\n${describeExchange(exchange)}`,
      actual: Object.fromEntries(found.map((one) => [one.field, one.found])),
      expected: Object.fromEntries(found.map((one) => [one.field, one.expected])),
    };
  },
});

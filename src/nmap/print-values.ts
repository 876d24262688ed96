import type { IpTrait } from '../netem/rewrite/personality/traits.js';
import type { Expressions } from './database.js';
import { type Expression, matches } from './expression.js';
import { synthesizeValue } from './synthesize.js';

/** Values of a line by test. */
export type Drawn = Readonly<Record<string, string>>;

/** One of the values that an expression allows; undefined where there is none. */
export function drawnValue(expression: Expression | undefined, draw: () => number): string | undefined {
  const random = { below: (bound: number) => Math.floor(draw() * bound) };
  return expression && synthesizeValue(expression, random);
}

/** Of several values those with which connections can be made. */
const preferred: Readonly<Record<string, Drawn>> = { T1: { R: 'Y', S: 'O', A: 'S+', F: 'AS' } };

/** One value for each test of a print. */
export function drawPrint(print: Expressions, draw: () => number): Readonly<Record<string, Drawn>> {
  const lines = [...print].map(([line, tests]): [string, Drawn] => [
    line,
    Object.fromEntries(
      [...tests].map(([test, expression]) => {
        const best = preferred[line]?.[test];
        return [test, best !== undefined && matches(expression, best) ? best : drawnValue(expression, draw)!];
      }),
    ),
  ]);
  return Object.fromEntries(lines);
}

/** A hexadecimal number; undefined where it is none. */
export function numberOf(value: string | undefined): number | undefined {
  return value !== undefined && /^[0-9A-F]{1,8}$/.test(value) ? Number.parseInt(value, 16) : undefined;
}

/** With what TTL answers set out, by T or the guess TG, and their DF. */
export function ipTrait({ T, TG, DF }: Drawn): IpTrait {
  const [exact, guess] = [numberOf(T), numberOf(TG)];
  // A range of T may go beyond the usual value that TG names.
  const ttl = exact === undefined ? guess : Math.min(exact, guess ?? exact);
  return {
    ttl: ttl === undefined ? undefined : Math.min(255, ttl),
    dontFragment: DF === undefined ? undefined : DF === 'Y',
  };
}

import type { Expressions } from './database.js';
import { type Expression, parseExpression } from './expression.js';
import { parseSubject } from './subject-text.js';

/**
 * What a machine answers, as text in nmap's form: a reference's tests or a scan's, wrapped or not, with a SCAN line or
 * without, `Fingerprint`, `Class` and `CPE` lines left out.
 *
 * @param file its name, for messages
 * @throws InputError with the line of what is cut short, unknown or there twice
 */
export function parsePrint(text: string, file: string): Expressions {
  // Emptied and not removed, so that lines keep their numbers.
  const tests = text.replaceAll(/^(Fingerprint|Class|CPE) .*$/gm, '');
  const { fingerprint } = parseSubject(tests, file);
  const known = new Map<string, Expression>();
  return new Map(
    [...fingerprint].map(([line, values]) => [
      line,
      new Map(
        [...values].map(([test, value]) => {
          const expression = known.get(value) ?? parseExpression(value);
          known.set(value, expression);
          return [test, expression];
        }),
      ),
    ]),
  );
}

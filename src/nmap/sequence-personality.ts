import { InitialSequence } from '../netem/rewrite/personality/generators.js';
import type { SequenceTrait } from '../netem/rewrite/personality/traits.js';
import { type Expression, matches } from './expression.js';
import { drawnValue, numberOf } from './print-values.js';
import { sequenceNumberTests } from './sequence-tests.js';

const tests = ['GCD', 'ISR', 'SP'] as const;
type Tests = ReadonlyMap<string, Expression>;

/** Rates and deviations are written as eighths of a binary logarithm. */
const eighths = (value: string | undefined) => {
  const number = numberOf(value);
  return number === undefined ? undefined : number === 0 ? 0 : 2 ** (number / 8);
};

function drawn(line: Tests, draw: () => number): SequenceTrait {
  const [gcd, isr, sp] = tests.map((test) => drawnValue(line.get(test), draw));
  const divisor = numberOf(gcd) ?? 1;
  return { divisor, rate: eighths(isr) ?? 10 * divisor, deviation: eighths(sp) ?? 0 };
}

const scanned = [0, 100, 200, 300, 400, 500];

/** How many of its own tests a sequence passes, when it is looked at as a scan does. */
function passed(line: Tests, trait: SequenceTrait, draw: () => number): number {
  const sequence = new InitialSequence(trait, draw);
  const found = sequenceNumberTests(scanned.map((sentMs) => ({ value: sequence.next(), sentMs })));
  return tests.filter((test) => !line.has(test) || matches(line.get(test)!, found.get(test)!)).length;
}

const mostTrials = 300;

/**
 * A sequence that passes the tests GCD, ISR and SP of a line. What a print allows for each need not go together: the
 * first of many draws that passes all of them is taken, else one that passes most.
 */
export function sequenceTrait(line: Tests | undefined, draw: () => number): SequenceTrait | undefined {
  if (!line || !tests.some((test) => line.has(test))) return undefined;
  let best: SequenceTrait | undefined;
  let most = -1;
  for (let trial = 0; trial < mostTrials && most < tests.length; trial++) {
    const trait = drawn(line, draw);
    const score = passed(line, trait, draw);
    if (score <= most) continue;
    [best, most] = [trait, score];
  }
  return best;
}

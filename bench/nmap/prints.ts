import type { Database, Reference } from '../../src/nmap/database.js';
import { type Expression, parseExpression } from '../../src/nmap/expression.js';
import { synthesizeFingerprint, synthesizeValue } from '../../src/nmap/synthesize.js';
import type { RandomStream } from '../../src/random.js';

/** What a machine answers that is like a reference but for some tests. */
export interface Print {
  readonly reference: Reference;
  /** Tests that have the value of another reference, as `T1.W`. */
  readonly changed: readonly string[];
  readonly tests: ReadonlyMap<string, ReadonlyMap<string, Expression>>;
}

const mostChanges = 5;

/** Prints drawn from a database, each of another reference that has a listener, with up to five tests changed. */
export function drawPrints({ references }: Database, count: number, random: RandomStream): Print[] {
  const order = random.shuffle(Int32Array.from(references.keys()));
  const listening = Array.from(order, (index) => references[index]!).filter(
    ({ expressions }) => expressions.get('T1')?.has('S') && expressions.has('SEQ'),
  );
  return listening.slice(0, count).map((reference) => {
    const tests = new Map(
      [...synthesizeFingerprint(reference, random)].map(([line, values]) => [line, new Map(values)] as const),
    );
    const places = [...tests].flatMap(([line, values]) =>
      line === 'SEQ' || line === 'T1' ? [] : [...values.keys()].map((test) => [line, test] as const),
    );
    const changed: string[] = [];
    for (let change = random.below(mostChanges + 1); change > 0; change--) {
      const [line, test] = places[random.below(places.length)]!;
      const others = references
        .map(({ expressions }) => expressions.get(line)?.get(test))
        .filter((expression) => expression !== undefined);
      tests.get(line)!.set(test, synthesizeValue(others[random.below(others.length)]!, random));
      changed.push(`${line}.${test}`);
    }
    return {
      reference,
      changed,
      tests: new Map(
        [...tests].map(([line, values]) => [
          line,
          new Map([...values].map(([test, value]) => [test, parseExpression(value)])),
        ]),
      ),
    };
  });
}

import type { Database, Reference } from './database.js';
import { type Expression, matches } from './expression.js';
import type { Fingerprint } from './fingerprint.js';

/** How well a subject matches a reference. */
export interface Match {
  readonly reference: Reference;
  /** Which of the database it is. */
  readonly index: number;
  /** Points of the tests that match. */
  readonly matched: number;
  /** Points of the tests that both have. */
  readonly possible: number;
  /** `matched / possible`, 0 to 1; 0 where nothing can be compared. */
  readonly accuracy: number;
}

interface Column {
  readonly line: string;
  readonly test: string;
  readonly points: number;
  readonly expressions: readonly Expression[];
  /** For each reference, which expression it has, or -1. */
  readonly codes: Int32Array;
}

/**
 * Matches subjects with the references of a database by its MatchPoints (Nmap Network Scanning, "OS Matching
 * Algorithms"): a test counts when subject and reference both have it, and its points are won when the expression
 * allows the value. Expressions that references share are tried once for a subject.
 */
export class Matcher {
  private readonly columns: readonly Column[];

  constructor(private readonly database: Pick<Database, 'points' | 'references'>) {
    const { points, references } = database;
    this.columns = [...points].flatMap(([line, tests]) =>
      [...tests].map(([test, worth]) => column(references, line, test, worth)),
    );
  }

  /** Every reference, best first; equals in the order of the database. */
  rank(subject: Fingerprint): Match[] {
    const { references } = this.database;
    const [matched, possible] = [new Float64Array(references.length), new Float64Array(references.length)];
    for (const { line, test, points, expressions, codes } of this.columns) {
      const value = subject.get(line)?.get(test);
      if (value === undefined) continue;
      const won = Float64Array.from(expressions, (expression) => (matches(expression, value) ? points : 0));
      for (let at = 0; at < codes.length; at++) {
        const code = codes[at]!;
        if (code < 0) continue;
        possible[at]! += points;
        matched[at]! += won[code]!;
      }
    }
    const accuracy = matched.map((won, at) => (possible[at]! > 0 ? won / possible[at]! : 0));
    const order = Array.from(references.keys()).sort((a, b) => accuracy[b]! - accuracy[a]! || a - b);
    return order.map((at) => ({
      reference: references[at]!,
      index: at,
      matched: matched[at]!,
      possible: possible[at]!,
      accuracy: accuracy[at]!,
    }));
  }

  /**
   * What nmap tells of a machine: the references that match in every test, if there are any, else the best, at least
   * as good as `least` (nmap: 0.85) and less than `behind` worse than the best, at most `most`. Of those that have one
   * name the best.
   */
  guesses(subject: Fingerprint, { least = 0.85, behind = 0.1, most = 10 } = {}): Match[] {
    const names = new Set<string>();
    const ranked = this.rank(subject).filter(({ reference: { name } }) => {
      if (names.has(name)) return false;
      names.add(name);
      return true;
    });
    const best = ranked[0]?.accuracy ?? 0;
    const floor = best === 1 ? 1 : least;
    return ranked.filter(({ accuracy }) => accuracy >= floor && accuracy > best - behind).slice(0, most);
  }
}

function column(references: readonly Reference[], line: string, test: string, points: number): Column {
  const expressions: Expression[] = [];
  const codeOf = new Map<Expression, number>();
  const codes = Int32Array.from(references, (reference) => {
    const expression = reference.expressions.get(line)?.get(test);
    if (!expression) return -1;
    let code = codeOf.get(expression);
    if (code === undefined) {
      code = expressions.push(expression) - 1;
      codeOf.set(expression, code);
    }
    return code;
  });
  return { line, test, points, expressions, codes };
}

import type { Database, MatchPoints, OsClass, Reference } from './database.js';
import { type Alternative, type Expression, parseExpression } from './expression.js';
import type { Fingerprint } from './fingerprint.js';
import { Matcher } from './match.js';
import { testsOf } from './tests.js';

/** A training machine: what it is, and what it was found to answer. */
export interface Trained {
  readonly label: string;
  readonly fingerprint: Fingerprint;
}

/** Numbers that vary from scan to scan of one machine: what lies between two that were seen belongs to it, too. */
const ranged: Readonly<Record<string, readonly string[]>> = { SEQ: ['SP', 'ISR'] };

/** A point for each test: for want of the weights of somebody's `nmap-os-db`. */
export const equalPoints: MatchPoints = new Map(
  Object.entries(testsOf).map(([line, tests]) => [line, new Map(tests.map((test) => [test, 1]))]),
);

/**
 * A database with a reference for each label, in the order in which labels first come: each test allows what the
 * machines of the label were seen to answer. Printed, it is one that nmap itself can read.
 *
 * @param points weights, as those of the user's own database; default: all alike
 */
export function trainDatabase(machines: readonly Trained[], points: MatchPoints = equalPoints): Database {
  const byLabel = groupedByLabel(machines);
  const references = [...byLabel].map(([label, members]) => merged(label, members));
  return { before: [], points, references, after: [], doubts: [] };
}

function groupedByLabel(machines: readonly Trained[]): Map<string, Trained[]> {
  const groups = new Map<string, Trained[]>();
  for (const machine of machines) groups.set(machine.label, [...(groups.get(machine.label) ?? []), machine]);
  return groups;
}

function merged(label: string, members: readonly Trained[]): Reference {
  const expressions = new Map<string, ReadonlyMap<string, Expression>>();
  for (const [line, tests] of Object.entries(testsOf)) {
    const found = new Map<string, Expression>();
    for (const test of tests) {
      const values = members.flatMap(({ fingerprint }) => fingerprint.get(line)?.get(test) ?? []);
      if (values.length > 0) found.set(test, expressionOf(values, ranged[line]?.includes(test) ?? false));
    }
    if (found.size > 0) expressions.set(line, found);
  }
  const name = label.replaceAll(/\s+/g, ' ');
  const family = name.replaceAll('|', '/');
  const trained: OsClass = { vendor: 'trained', family, generation: '', type: 'machine', cpe: [] };
  return { line: 0, name, classes: [trained], expressions, before: [''] };
}

function expressionOf(values: readonly string[], isRange: boolean): Expression {
  const different = [...new Set(values)].sort();
  const numbers = different.map((text) => ({ text, value: Number.parseInt(text, 16) }));
  if (!isRange || different.length < 2) return different.flatMap((text) => parseExpression(text));
  numbers.sort((a, b) => a.value - b.value);
  const range: Alternative = { kind: 'range', low: numbers[0]!, high: numbers.at(-1)! };
  return [range];
}

export interface TrainedGuess {
  /** Labels that match best, equally well; most often one. */
  readonly tied: readonly string[];
  /** How many fingerprints the database was trained on, by these labels. */
  readonly counts: readonly number[];
  /** Of these the one with the most training machines; of equals the first by code units. */
  readonly best: string;
  /** Of the match, 0 to 1. */
  readonly accuracy: number;
}

/**
 * nmap with a database of its own, made from training machines, as the paper compares with (section 3.3): where
 * several labels match equally well nmap names all of them, and the paper's modification makes it name the one that
 * most training machines have (section 4.3.1).
 */
export class TrainedNmap {
  readonly database: Database;
  private readonly matcher: Matcher;
  private readonly labels: readonly string[];
  private readonly frequency = new Map<string, number>();

  /** @param machines at least one */
  constructor(machines: readonly Trained[], points?: MatchPoints) {
    this.database = trainDatabase(machines, points);
    this.matcher = new Matcher(this.database);
    for (const { label } of machines) this.frequency.set(label, (this.frequency.get(label) ?? 0) + 1);
    this.labels = [...this.frequency.keys()];
  }

  guess(subject: Fingerprint): TrainedGuess {
    const ranked = this.matcher.rank(subject);
    const { accuracy } = ranked[0]!;
    const tied = ranked
      .filter((match) => match.accuracy === accuracy)
      .map(({ index }) => this.labels[index]!);
    const count = (label: string) => this.frequency.get(label)!;
    const [best] = tied.toSorted((a, b) => count(b) - count(a) || (a < b ? -1 : 1));
    return { tied, counts: tied.map(count), best: best!, accuracy };
  }
}

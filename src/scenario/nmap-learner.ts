import { buildMatrix, type Matrix } from '../dataset/matrix.js';
import { ABSENT, type FieldSpec, type MachineSummary } from '../dataset/summary.js';
import { TextTable } from '../dataset/texts.js';
import { type Labels, type Learner, type Model, unresolved } from '../learn/learner.js';
import { formatDatabase, type MatchPoints } from '../nmap/database.js';
import type { Fingerprint } from '../nmap/fingerprint.js';
import { parseSubject } from '../nmap/subject-text.js';
import { testsOf } from '../nmap/tests.js';
import { type Trained, TrainedNmap } from '../nmap/trained.js';
import type { Scanned } from './semantic-matrix.js';

/** nmap with a database of the training machines: with the paper's best guess, and without. */
export const nmapLearnerNames = ['nmap', 'nmap-no-guess'] as const;
export type NmapLearnerName = (typeof nmapLearnerNames)[number];

export const isNmapLearner = (name: string): name is NmapLearnerName =>
  (nmapLearnerNames as readonly string[]).includes(name);

/** The fingerprints of a machine, a scan each. */
export function fingerprintsOf({ id, nmap }: Scanned): Fingerprint[] {
  return (nmap?.scans ?? []).map(({ text }) => parseSubject(text, `the fingerprint of ${id}`).fingerprint);
}

class NmapModel implements Model {
  constructor(
    private readonly nmap: TrainedNmap,
    private readonly subjects: readonly Fingerprint[],
    private readonly classes: readonly string[],
    private readonly guesses: boolean,
  ) {}

  classify(_matrix: Matrix, row: number) {
    const { best, counts, tied } = this.nmap.guess(this.subjects[row]!);
    const distribution = new Float64Array(this.classes.length);
    const total = counts.reduce((sum, count) => sum + count, 0);
    for (const [place, label] of tied.entries())
      distribution[this.classes.indexOf(label)] = this.guesses ? counts[place]! / total : 1 / tied.length;
    const confidence = distribution[this.classes.indexOf(best)]!;
    return { label: this.guesses || tied.length === 1 ? best : unresolved, confidence, distribution };
  }

  decidingColumns(): number[] {
    return [];
  }

  describe(): string {
    return formatDatabase(this.nmap.database);
  }
}

/**
 * A learner that makes an nmap database of the fingerprints of training machines, all scans of each, and matches the
 * first scan of a machine with it (paper section 3.3). A best guess is that of the tied labels which most training
 * machines have; without it a tie is left unresolved (section 4.3.1).
 *
 * @param scans by row of the matrix: the machine's fingerprints; none for one that was not scanned
 */
export function nmapLearner(
  name: NmapLearnerName,
  scans: readonly (readonly Fingerprint[])[],
  points?: MatchPoints,
): Learner {
  const nothing: Fingerprint = new Map();
  const subjects = scans.map(([first]) => first ?? nothing);
  return {
    name,
    fit(_matrix: Matrix, rows: Int32Array, { classes, codes }: Labels): Model {
      const trained = Array.from(rows).flatMap((row): Trained[] => {
        const label = classes[codes[row]!]!;
        return (scans[row]!.length > 0 ? scans[row]! : [nothing]).map((fingerprint) => ({
          label,
          fingerprint,
        }));
      });
      return new NmapModel(new TrainedNmap(trained, points), subjects, classes, name === 'nmap');
    },
  };
}

const testFields: readonly FieldSpec[] = Object.entries(testsOf).flatMap(([line, tests]) =>
  tests.map((test): FieldSpec => ({ name: `nmap.${line}.${test}`, kind: 'text', whole: true })),
);

/** The tests of each machine's first scan as a matrix: what nmap looks at. */
export function nmapMatrix(machines: readonly Scanned[]): Matrix {
  const texts = new TextTable();
  const summaries = machines.map((machine): MachineSummary => {
    const [fingerprint] = fingerprintsOf(machine);
    const values = Object.entries(testsOf).flatMap(([line, tests]) =>
      tests.map((test) => {
        const value = fingerprint?.get(line)?.get(test);
        return value === undefined ? ABSENT : texts.index(value);
      }),
    );
    return {
      ...{ machine: machine.id, probes: 1, copies: 1, answers: Uint16Array.of(1) },
      ...{ values: Float64Array.from(values), texts: texts.texts },
    };
  });
  return buildMatrix(summaries, testFields);
}

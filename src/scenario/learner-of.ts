import type { Matrix } from '../dataset/matrix.js';
import { joinMatrices } from '../dataset/matrix-join.js';
import { type Learner, learners } from '../learn/index.js';
import type { MatchPoints } from '../nmap/database.js';
import type { AccuracyFields } from './field-set.js';
import type { ScenarioLearner } from './learner-schema.js';
import { fingerprintsOf, isNmapLearner, nmapLearner, nmapMatrix } from './nmap-learner.js';
import { type Scanned, semanticMatrix } from './semantic-matrix.js';

/** What a learner looks at: of an experiment's sets of fields, or nmap's tests, which are nmap's alone. */
export type SeenFields = AccuracyFields | 'nmap';

/** What learners of a scenario see of some rows: machines, or machines under conditions. */
export interface Seen {
  /** Each matrix is made once, when it is asked for. */
  matrix(fields: SeenFields): Matrix;
  learner(name: ScenarioLearner): Learner;
}

/**
 * @param raw matrix of the single responses
 * @param machines by row of it: what nmap's probes found
 * @param prone fields that `vetted` leaves out; default: none
 */
export function seenOf(
  raw: Matrix,
  machines: readonly Scanned[],
  points: MatchPoints | undefined,
  prone: ReadonlySet<string> = new Set(),
): Seen {
  const made = new Map<SeenFields, Matrix>([['raw', raw]]);
  const make = {
    raw: () => raw,
    semantic: () => semanticMatrix(machines),
    both: () => joinMatrices(raw, [matrix('semantic')]),
    nmap: () => nmapMatrix(machines),
    vetted: () => raw.select({ only: ({ name }) => !prone.has(name) }),
  };
  function matrix(fields: SeenFields): Matrix {
    const known = made.get(fields) ?? make[fields]();
    made.set(fields, known);
    return known;
  }
  let scans: ReturnType<typeof fingerprintsOf>[] | undefined;
  return {
    matrix,
    learner: (name) => {
      if (!isNmapLearner(name)) return learners[name];
      scans ??= machines.map(fingerprintsOf);
      return nmapLearner(name, scans, points);
    },
  };
}

/** The sets of fields of an experiment, and, for each, those of its learners that look at it. */
export function seenBy<Name extends ScenarioLearner>({
  fields,
  learner,
}: {
  readonly fields: readonly AccuracyFields[];
  readonly learner: readonly Name[];
}): { readonly fieldSet: SeenFields; readonly learners: readonly Name[] }[] {
  const nmap = learner.filter(isNmapLearner);
  const others = learner.filter((name) => !isNmapLearner(name));
  return [
    ...(others.length > 0 ? fields.map((fieldSet) => ({ fieldSet, learners: others })) : []),
    ...(nmap.length > 0 ? [{ fieldSet: 'nmap' as const, learners: nmap as Name[] }] : []),
  ];
}

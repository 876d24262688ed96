import type { Result } from './result.js';

/** A number that two runs have otherwise. */
export interface Change {
  readonly name: string;
  readonly before: string;
  readonly after: string;
}

/** Accuracy of one experiment in both runs. */
export interface AccuracyChange {
  /** Hierarchy, level, learner, fields and split, as one text. */
  readonly experiment: string;
  readonly before: number;
  readonly after: number;
  readonly machines: readonly [number, number];
  /** The 95 % intervals have no point in common: more than what few machines leave open. */
  readonly apart: boolean;
}

/** What one run has and the other has not, or has otherwise. */
export interface ResultDifference {
  /** Summaries are equal to the last value: same machines, probes and answers. */
  readonly sameDataset: boolean;
  readonly run: readonly Change[];
  readonly machinesOnlyBefore: readonly string[];
  readonly machinesOnlyAfter: readonly string[];
  /** Machines of one name whose image, counts of answers or behaviour differ. */
  readonly machines: readonly (Change & { readonly machine: string })[];
  readonly accuracy: readonly AccuracyChange[];
  readonly experimentsOnlyBefore: readonly string[];
  readonly experimentsOnlyAfter: readonly string[];
  /** Findings that hold in one run and not in the other. */
  readonly findings: readonly Change[];
}

function changes(pairs: readonly (readonly [string, unknown, unknown])[]): Change[] {
  const text = (value: unknown) => (value === undefined ? 'none' : String(value));
  return pairs
    .map(([name, before, after]) => ({ name, before: text(before), after: text(after) }))
    .filter(({ before, after }) => before !== after);
}

type Experiment = Result['experiments'][number];

const nameOf = ({ hierarchy, level, learner, fields, split = 'stratified' }: Experiment) =>
  `${hierarchy} ${level} ${learner} ${fields} ${split}`;

function byName<T>(items: readonly T[], name: (item: T) => string): Map<string, T> {
  return new Map(items.map((item) => [name(item), item]));
}

function missing(from: ReadonlyMap<string, unknown>, names: Iterable<string>): string[] {
  return [...names].filter((name) => !from.has(name));
}

const holding = (holds: boolean | null | undefined) =>
  holds === undefined ? 'not asked' : holds === null ? 'cannot be judged' : holds ? 'holds' : 'does not hold';

/** Compares two results: what was run, machine by machine, experiment by experiment, finding by finding. */
export function compareResults(before: Result, after: Result): ResultDifference {
  const [machinesA, machinesB] = [before, after].map(({ machines }) => byName(machines, ({ id }) => id));
  const [experimentsA, experimentsB] = [before, after].map(({ experiments }) => byName(experiments, nameOf));
  const [findingsA, findingsB] = [before, after].map(({ expectations = [] }) =>
    byName(expectations, ({ finding }) => finding),
  );
  return {
    sameDataset: before.dataset.digest === after.dataset.digest,
    run: changes([
      ['scenario', before.scenario, after.scenario],
      ['seed', before.seed, after.seed],
      ['Stackbed', before.stackbed, after.stackbed],
      ['accelerator', before.accelerator, after.accelerator],
      ['QEMU', before.host.qemu, after.host.qemu],
      ['probes', before.collection.probes, after.collection.probes],
      ['copies', before.collection.copies, after.collection.copies],
      [
        'path',
        before.path.forward.concat(before.path.reverse).join(', '),
        after.path.forward.concat(after.path.reverse).join(', '),
      ],
      ['decisions of the path', before.path.log_digest, after.path.log_digest],
      ['dataset', before.dataset.digest, after.dataset.digest],
      ['nondeterministic values', before.dataset.nondeterministic, after.dataset.nondeterministic],
      ['probes answered in part', before.dataset.partial, after.dataset.partial],
    ]),
    machinesOnlyBefore: missing(machinesB!, machinesA!.keys()),
    machinesOnlyAfter: missing(machinesA!, machinesB!.keys()),
    machines: [...machinesA!].flatMap(([machine, a]) => {
      const b = machinesB!.get(machine);
      if (!b) return [];
      return changes([
        ['status', a.status, b.status],
        ['image', a.digest.slice(0, 12), b.digest.slice(0, 12)],
        ['answers', a.packets_received, b.packets_received],
        ['silent probes', a.silent, b.silent],
        ['probes answered in part', a.partial, b.partial],
      ]).map((change) => ({ machine, ...change }));
    }),
    accuracy: [...experimentsA!].flatMap(([experiment, a]) => {
      const b = experimentsB!.get(experiment);
      if (!b) return [];
      const apart = a.ci95[1] < b.ci95[0] || b.ci95[1] < a.ci95[0];
      const machines = [a.machines, b.machines] as const;
      return [{ experiment, before: a.accuracy, after: b.accuracy, machines, apart }];
    }),
    experimentsOnlyBefore: missing(experimentsB!, experimentsA!.keys()),
    experimentsOnlyAfter: missing(experimentsA!, experimentsB!.keys()),
    findings: changes(
      [...new Set([...findingsA!.keys(), ...findingsB!.keys()])].map((finding) => [
        finding,
        holding(findingsA!.get(finding)?.holds),
        holding(findingsB!.get(finding)?.holds),
      ]),
    ),
  };
}

import { describe, expect, it } from 'vitest';
import { buildMatrix } from '../../src/dataset/matrix.js';
import { type MachineSummary, PARTIAL } from '../../src/dataset/summary.js';
import { InputError } from '../../src/errors.js';
import { type Learner, learners } from '../../src/learn/index.js';
import { compareTrainings, type NoiseRequest, type NoisyRow } from '../../src/learn/noise.js';

const fields = [{ name: 'a', kind: 'number' as const }];
const machines = Array.from({ length: 12 }, (_, index) => ({
  machine: `m${index}`,
  kind: index % 2,
  label: index % 2 === 0 ? 'even' : 'odd',
}));

type Answer = (kind: number, probe: number) => number;

/** Answers of two kinds of machines under conditions; PARTIAL is an answer that some copies had. */
function measured(conditions: Readonly<Record<string, Answer>>, probes = 3) {
  const rows: NoisyRow[] = [];
  const summaries: MachineSummary[] = [];
  for (const [condition, answer] of Object.entries(conditions))
    for (const { machine, kind, label } of machines) {
      const values = Float64Array.from({ length: probes }, (_, probe) => answer(kind, probe));
      const answers = Uint16Array.from(values, (value) => (value === PARTIAL ? 1 : 2));
      rows.push({ machine, condition, label });
      summaries.push({ machine: `${machine}@${condition}`, probes, copies: 2, answers, values, texts: [] });
    }
  return { rows, matrix: buildMatrix(summaries, fields, { partial: 'missing' }) };
}

const request: NoiseRequest = {
  ...{ learner: learners.c45, clean: 'clean', folds: 6, repeats: 2, seed: 1 },
};

function accuracies({ rows, matrix }: ReturnType<typeof measured>, wanted = request) {
  const compared = compareTrainings(matrix, rows, wanted);
  return Object.fromEntries(
    compared.map(({ trained, conditions }) => [trained, conditions.map(({ accuracy }) => accuracy)]),
  );
}

describe('two trainings compared under conditions', () => {
  const clean: Answer = (kind) => 10 + kind;

  it('are right where the condition changes nothing', () => {
    expect(accuracies(measured({ clean, same: clean }))).toEqual({ clean: [1, 1], noisy: [1, 1] });
  });

  it('differ where a box swaps what the clean model goes by, and leaves something else', () => {
    const conditions = {
      clean: ((kind, probe) => (probe === 0 ? 10 + kind : probe === 1 ? 5 : 20 + kind)) as Answer,
      box: ((kind, probe) => (probe === 0 ? 11 - kind : probe === 1 ? 6 : 20 + kind)) as Answer,
    };
    const found = accuracies(measured(conditions));
    expect(found.noisy).toEqual([1, 1]);
    expect(found.clean).toEqual([1, 0]);
  });

  it('are no better than the most frequent class where a condition hides all', () => {
    const { rows, matrix } = measured({ clean, hidden: () => PARTIAL });
    for (const { conditions } of compareTrainings(matrix, rows, request)) {
      expect(conditions[0]).toMatchObject({ condition: 'clean', machines: 12, accuracy: 1 });
      expect(conditions[1]!.accuracy).toBeLessThanOrEqual(0.5);
    }
  });

  it('never see a machine on both sides of a fold', () => {
    // Each machine has a value of its own in all conditions: whoever has seen it knows it.
    const values = new Map(machines.map(({ machine }, index) => [machine, index]));
    const rows: NoisyRow[] = [];
    const summaries: MachineSummary[] = [];
    for (const condition of ['clean', 'noisy'])
      for (const { machine, label } of machines) {
        rows.push({ machine, condition, label: label === 'even' ? machine : 'other' });
        summaries.push({
          ...{ machine: `${machine}@${condition}`, probes: 1, copies: 2, texts: [] },
          answers: Uint16Array.of(2),
          values: Float64Array.of(values.get(machine)!),
        });
      }
    const matrix = buildMatrix(summaries, fields, { partial: 'missing' });
    const knn = { ...request, learner: learners.knn };
    for (const { conditions } of compareTrainings(matrix, rows, knn))
      for (const { accuracy } of conditions) expect(accuracy).toBeLessThanOrEqual(0.5);
  });

  it('go wrong under a condition that they never saw and that turns what the others have in common', () => {
    const conditions = {
      clean: ((kind, probe) => (probe === 0 ? kind : 5)) as Answer,
      near: ((kind, probe) => (probe === 0 ? kind : 6)) as Answer,
      far: ((kind, probe) => (probe === 0 ? 1 - kind : 7)) as Answer,
    };
    const others = { ...request, train: ['others'] as const };
    const { matrix, rows } = measured(conditions, 2);
    const compared = compareTrainings(matrix, rows, others);
    expect(compared.map(({ trained }) => trained)).toEqual(['others']);
    expect(compared[0]!.conditions[2]).toMatchObject({ condition: 'far', machines: 12, accuracy: 0 });
  });

  it('are fitted, where a condition is left out, on other machines under other conditions', () => {
    const { matrix, rows } = measured({ clean, box: clean, far: clean });
    const fitted: { own: Int32Array; tested: Set<number> }[] = [];
    const spy: Learner = {
      name: 'spy',
      fit(given, own, labels, random) {
        const tested = new Set<number>();
        fitted.push({ own, tested });
        const model = learners.majority.fit(given, own, labels, random);
        return {
          ...model,
          classify: (of, row) => {
            tested.add(row);
            return model.classify(of, row);
          },
        };
      },
    };
    compareTrainings(matrix, rows, { ...request, learner: spy, train: ['others'], repeats: 1 });
    expect(fitted).toHaveLength(6 * 3);
    const seen = new Set<number>();
    for (const { own, tested } of fitted) {
      for (const row of tested) seen.add(row);
      const of = (set: Iterable<number>, key: 'machine' | 'condition') =>
        new Set([...set].map((row) => rows[row]![key]));
      for (const key of ['machine', 'condition'] as const)
        expect([...of(own, key)].filter((one) => of(tested, key).has(one))).toEqual([]);
      expect(of(own, 'condition').size).toBe(2);
    }
    expect(seen.size).toBe(rows.length);
  });

  it('keep the rows of a machine together where a learner tunes', () => {
    const { matrix, rows } = measured({ clean, noisy: clean });
    const given: (Int32Array | undefined)[] = [];
    const spy: Learner = {
      name: 'spy',
      fit(of, own, labels, random, groups) {
        given.push(groups);
        return learners.majority.fit(of, own, labels, random);
      },
    };
    compareTrainings(matrix, rows, { ...request, learner: spy });
    expect(given.length).toBeGreaterThan(0);
    for (const groups of given) {
      const machineOf = new Map(rows.map(({ machine }, row) => [groups![row]!, machine]));
      expect(machineOf.size).toBe(machines.length);
      expect(rows.every(({ machine }, row) => machineOf.get(groups![row]!) === machine)).toBe(true);
    }
  });

  it('give the same again for the same seed', () => {
    const data = measured({ clean, noisy: (kind, probe) => (probe === 1 ? PARTIAL : kind) });
    const forest = { ...request, learner: learners['random-forest'] };
    const once = compareTrainings(data.matrix, data.rows, forest);
    expect(compareTrainings(data.matrix, data.rows, forest)).toEqual(once);
  });

  it('need two machines of the clean condition', () => {
    const { rows, matrix } = measured({ clean, other: clean });
    expect(() => compareTrainings(matrix, rows, { ...request, clean: 'tidy' })).toThrow(InputError);
  });
});

import { describe, expect, it } from 'vitest';
import { buildMatrix } from '../../src/dataset/matrix.js';
import { type MachineSummary, PARTIAL } from '../../src/dataset/summary.js';
import { InputError } from '../../src/errors.js';
import { learners } from '../../src/learn/index.js';
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
      const answers = Uint8Array.from(values, (value) => (value === PARTIAL ? 1 : 2));
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
          answers: Uint8Array.of(2),
          values: Float64Array.of(values.get(machine)!),
        });
      }
    const matrix = buildMatrix(summaries, fields, { partial: 'missing' });
    const knn = { ...request, learner: learners.knn };
    for (const { conditions } of compareTrainings(matrix, rows, knn))
      for (const { accuracy } of conditions) expect(accuracy).toBeLessThanOrEqual(0.5);
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

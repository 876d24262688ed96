import { describe, expect, it } from 'vitest';
import { buildMatrix } from '../../src/dataset/matrix.js';
import type { MachineSummary } from '../../src/dataset/summary.js';
import { learners } from '../../src/learn/index.js';
import {
  drawPopulations,
  type PopulationRequest,
  populationSize,
  trainingBias,
} from '../../src/learn/training-bias.js';

const fields = [{ name: 'a', kind: 'number' as const }];
const classes = ['north', 'south'] as const;

/** A pool of 90 and 50 machines of four kinds each; `answer` is what one of them answers to each of three probes. */
function pool(answer: (label: string, kind: number, probe: number) => number) {
  const machines = classes.flatMap((label, place) =>
    Array.from({ length: [90, 50][place]! }, (_, index) => ({
      label,
      kind: index % 4,
      id: `${label}${index}`,
    })),
  );
  const summaries = machines.map(
    ({ id, label, kind }): MachineSummary => ({
      ...{ machine: id, probes: 3, copies: 1, answers: Uint16Array.of(1, 1, 1), texts: [] },
      values: Float64Array.from([0, 1, 2], (probe) => answer(label, kind, probe)),
    }),
  );
  return { matrix: buildMatrix(summaries, fields), labels: machines.map(({ label }) => label) };
}
const alike = pool((_label, kind, probe) => (kind >> probe) & 1);

const request: PopulationRequest = { classes, share: 0.5, machines: 100, draws: 10, seed: 1 };
const figuresOf = (
  { matrix, labels }: typeof alike,
  share: number,
  name: 'random-forest' | 'c45' | 'majority',
) =>
  trainingBias(drawPopulations(matrix, labels, { ...request, share }), () => learners[name], {
    ...{ classes, folds: 10, seed: 1 },
  });

describe('the size of a population', () => {
  it.each([
    ['what is asked for', [90, 50], 0.9, [90, 10]],
    ['half and half', [90, 50], 0.5, [50, 50]],
    ['fewer, at the same share, where the first class is short of machines', [45, 50], 0.9, [45, 5]],
    ['fewer where the second is', [90, 20], 0.5, [20, 20]],
  ] as const)('is %s', (_, pools, share, wanted) => {
    expect(populationSize(pools, { machines: 100, share })).toEqual(wanted);
  });

  it('is none where a class would have no machine', () => {
    expect(populationSize([90, 0], { machines: 100, share: 0.5 })).toBeUndefined();
    expect(populationSize([4, 50], { machines: 100, share: 0.9 })).toBeUndefined();
  });
});

describe('populations', () => {
  const draw = (share: number) => drawPopulations(alike.matrix, alike.labels, { ...request, share });

  it('have the machines of both classes in the mix, each machine once', () => {
    for (const { labels, matrix, rows } of draw(0.9)) {
      expect(labels.filter((label) => label === 'north')).toHaveLength(90);
      expect(new Set(matrix.rows).size).toBe(100);
      expect(matrix.rows).toEqual(rows.map((row) => alike.matrix.rows[row]));
    }
  });

  it('differ from draw to draw and not from call to call', () => {
    expect(new Set(draw(0.5).map(({ rows }) => [...rows].sort().join())).size).toBe(10);
    expect(draw(0.5).map(({ rows }) => rows)).toEqual(draw(0.5).map(({ rows }) => rows));
  });

  it('of a greater share have the machines of a lesser one, for the class that grows', () => {
    const [even] = draw(0.5);
    const [biased] = draw(0.9);
    const north = even!.rows.filter((row) => alike.labels[row] === 'north');
    expect(biased!.rows).toEqual(expect.arrayContaining(north));
  });
});

describe('classes that cannot be told apart', () => {
  it.each(['random-forest', 'c45'] as const)('raise the accuracy of %s with their mix alone', (name) => {
    const even = figuresOf(alike, 0.5, name);
    const biased = figuresOf(alike, 0.9, name);
    expect(even.accuracy).toBeLessThan(0.6);
    expect(biased.accuracy).toBeGreaterThan(0.88);
    expect(biased.ci95[0]).toBeGreaterThan(even.ci95[1]);
    expect(biased.balancedAccuracy).toBeCloseTo(0.5, 1);
    expect(biased.perClass.find(({ label }) => label === 'south')!.recall).toBeLessThan(0.05);
    expect(biased.confidence!).toBeGreaterThan(even.confidence! + 0.2);
    expect([even.counts, biased.counts]).toEqual([
      [50, 50],
      [90, 10],
    ]);
  });

  it('leave a learner of the majority with no wrong answer but those of the rarer class', () => {
    const { accuracy, range95, confidenceWrong, perClass } = figuresOf(alike, 0.9, 'majority');
    expect([accuracy, ...range95]).toEqual([0.9, 0.9, 0.9]);
    expect(confidenceWrong).toBeCloseTo(0.9, 2);
    expect(perClass.map(({ recall }) => recall)).toEqual([1, 0]);
  });

  it('may have no field at all in which machines differ', () => {
    const { accuracy } = figuresOf(
      pool(() => 7),
      0.9,
      'random-forest',
    );
    expect(accuracy).toBeCloseTo(0.9, 5);
  });
});

it('classes that can be told apart are, in any mix', () => {
  const told = pool((label, kind, probe) => (probe === 2 && label === 'south' ? 9 : kind));
  for (const share of [0.5, 0.9]) {
    const { accuracy, confidenceWrong } = figuresOf(told, share, 'c45');
    expect([accuracy, confidenceWrong]).toEqual([1, null]);
  }
});

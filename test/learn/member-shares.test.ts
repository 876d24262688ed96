import { describe, expect, it } from 'vitest';
import { type LearnerName, labelsOf, learners } from '../../src/learn/index.js';
import { classifyNew, matrixWith, rowsOf, type Trained } from '../../src/learn/member-shares.js';
import { randomStream } from '../../src/random.js';

const fields = [{ name: 'ip.ttl', kind: 'number' }] as const;
const values = ['64', '128'];

/** Ten machines of each of two kinds, told apart by one column that stands for `members` pairs. */
function trainedOn(members: number): Trained {
  const column = Array.from({ length: members }, (_, probe) => ({ probe, field: 'ip.ttl', values }));
  return {
    machines: Array.from({ length: 20 }, (_, machine) => `m${machine}`),
    columns: [{ codes: Array.from({ length: 20 }, (_, machine) => machine % 2), members: column }],
    fields,
    totals: { columns: members, constant: 0, informative: members, droppedProbes: 0 },
  };
}

const labels = labelsOf(Array.from({ length: 20 }, (_, machine) => (machine % 2 === 0 ? 'even' : 'odd')));
const ask = (learner: LearnerName, codes: number[]) =>
  classifyNew(trainedOn(codes.length), labels, learners[learner], [[codes]], 'seed').answers[0]!;

describe('a machine that splits what training merged', () => {
  it.each([
    [[0, 0, 0, 1], 0.75],
    [[0, 1], 0.5],
    [[1, 0, 1, 1, 1, 1, 1, 1], 0.125],
  ])('counts each code by its share of the members: %j', (codes, share) => {
    const answer = ask('c45', codes);
    expect(answer.distribution[0]).toBeCloseTo(share, 10);
    expect(answer.distribution[1]).toBeCloseTo(1 - share, 10);
    expect(answer.split).toBe(1);
  });

  const quick = (Object.keys(learners) as LearnerName[]).filter((learner) => !learner.startsWith('mljs'));

  it.each(quick.filter((learner) => learner !== 'majority'))('leans to what most members say: %s', (name) => {
    const [most, least, all] = [ask(name, [0, 0, 0, 1]), ask(name, [0, 1, 1, 1]), ask(name, [0, 0, 0, 0])];
    expect([most.label, least.label, all.label]).toEqual(['even', 'odd', 'even']);
    expect(most.distribution[0]).toBeLessThan(all.distribution[0]!);
    expect(most.distribution[0]).toBeGreaterThan(least.distribution[0]!);
    expect(most.distribution[0]! + most.distribution[1]!).toBeCloseTo(1, 6);
  });

  it.each(quick)('is no matter where all members agree, or where others split: %s', (name) => {
    const trained = trainedOn(3);
    const alone = classifyNew(trained, labels, learners[name], [[[1, 1, 1]]], 'seed').answers[0]!;
    const beside = classifyNew(trained, labels, learners[name], [[[1, 1, 1]], [[0, 1, 1]]], 'seed')
      .answers[0]!;
    expect(alone.split).toBe(0);
    expect(beside).toEqual(alone);
  });
});

it('draws the members of different columns independently', () => {
  const codes = [
    [0, 1],
    [0, 1],
  ];
  const { rows } = rowsOf(codes, randomStream(1, 'members'));
  const equal = rows.filter((row) => row[0] === row[1]).length / rows.length;
  expect(rows.filter((row) => row[0] === 0)).toHaveLength(rows.length / 2);
  expect(equal).toBeGreaterThan(0.25);
  expect(equal).toBeLessThan(0.75);
});

it('takes a value that training never saw for a missing one', () => {
  const matrix = matrixWith(trainedOn(1), [Int16Array.of(-1)]);
  expect(matrix.missing).toBe(true);
  const answer = ask('c45', [-1]);
  expect([...answer.distribution]).toEqual([0.5, 0.5]);
});

import { expect, it } from 'vitest';
import { buildMatrix } from '../../src/dataset/matrix.js';
import { labelsOf, learners } from '../../src/learn/index.js';
import { neededProbes } from '../../src/learn/needed-probes.js';
import { randomStream } from '../../src/random.js';
import { summariesOf } from '../dataset/matrix-table.js';

const fields = [
  { name: 'ip.ttl', kind: 'number' },
  { name: 'tcp.window', kind: 'number' },
] as const;
const kinds = Array.from({ length: 24 }, (_, machine) => machine % 4);
const labels = labelsOf(kinds.map((kind) => `kind-${kind}`));

/** Probe 0 says nothing, 1 and 2 half each, 3 both halves in two fields. */
const table = (probes: readonly number[]) =>
  kinds.map((kind) => {
    const told = [
      [1, 1],
      [kind & 1, 1],
      [kind >> 1, 1],
      [kind & 1, kind >> 1],
    ];
    return probes.map((probe) => told[probe]!);
  });

function needed(learner: 'c45' | 'knn', probes: readonly number[]): number[] {
  const matrix = buildMatrix(summariesOf(fields, table(probes)), fields);
  const rows = Int32Array.from(kinds.keys());
  return neededProbes(matrix, labels, learners[learner].fit(matrix, rows, labels, randomStream(1, 'fit')));
}

it.each(['c45', 'knn'] as const)(
  'takes one probe that shows all before two that show half: %s',
  (learner) => {
    expect(needed(learner, [0, 1, 2, 3])).toEqual([3]);
  },
);

it.each(['c45', 'knn'] as const)(
  'takes every probe that is needed and none that tells nothing: %s',
  (learner) => {
    expect(needed(learner, [0, 2, 1])).toEqual([1, 2]);
  },
);

it('needs nothing where nothing tells machines apart', () => {
  expect(needed('knn', [0])).toEqual([]);
});

import { describe, expect, it } from 'vitest';
import { labelsOf, runAccuracy } from '../../src/learn/index.js';
import { unresolved } from '../../src/learn/learner.js';
import { randomStream } from '../../src/random.js';
import { fingerprintsOf, nmapLearner, nmapMatrix } from '../../src/scenario/nmap-learner.js';
import { scannedMachine } from './scanned.js';

/** Two labels that no test tells apart, the first twice as frequent, and one that is by itself. */
const machines = [
  ...['a1', 'a2', 'a3', 'a4'].map((id) => scannedMachine(id, 'T1(R=Y%T=40)T2(R=N)')),
  ...['b1', 'b2'].map((id) => scannedMachine(id, 'T1(R=Y%T=40)T2(R=N)')),
  ...['c1', 'c2'].map((id) => scannedMachine(id, 'T1(R=Y%T=FF)T2(R=N)')),
];
const labels = machines.map(({ id }) => id[0]!);
const matrix = nmapMatrix(machines);
const scans = machines.map(fingerprintsOf);
const accuracy = (name: 'nmap' | 'nmap-no-guess') =>
  runAccuracy(matrix, labels, {
    ...{ hierarchy: 'kernel', level: 0, learner: nmapLearner(name, scans), fields: 'nmap' },
    ...{ folds: 2, repeats: 3, seed: 1 },
  }).figures;

it('has a matrix of what nmap looks at', () => {
  expect(matrix.totals).toMatchObject({ informative: 1 });
  expect(matrix.describeColumn(0)).toEqual({ probe: -1, field: 'nmap.T1.T', values: ['"40"', '"FF"'] });
});

describe('nmap, trained on the machines of other folds', () => {
  it('names of labels that it cannot tell apart the more frequent one', () => {
    const figures = accuracy('nmap');
    expect(figures.accuracy).toBe(6 / 8);
    expect(figures.confusion).toEqual({
      labels: ['a', 'b', 'c'],
      counts: [
        [12, 0, 0],
        [6, 0, 0],
        [0, 0, 6],
      ],
    });
    expect(figures.confidence).toBeCloseTo((12 * (2 / 3) + 6) / 18);
  });

  it('without a best guess names none', () => {
    const figures = accuracy('nmap-no-guess');
    expect(figures.accuracy).toBe(2 / 8);
    expect(figures.confusion).toMatchObject({ unresolved: [12, 6, 0] });
    expect(figures.confusion.counts[0]).toEqual([0, 0, 0]);
    expect(figures.per_class.map(({ recall, precision }) => [recall, precision])).toEqual([
      [0, null],
      [0, null],
      [1, 1],
    ]);
    expect(figures.balanced_accuracy).toBeCloseTo(1 / 3);
    expect(figures.brier).toBeCloseTo((6 * 0.5) / 8);
  });

  it('is unsure of a machine that was not scanned, or answered nothing', () => {
    const silent = [...machines, { id: 'a5' }, scannedMachine('a6', 'T1(R=N)T2(R=N)U1(R=N)')];
    const rows = Int32Array.from(machines.keys());
    const model = (name: 'nmap' | 'nmap-no-guess') =>
      nmapLearner(name, silent.map(fingerprintsOf)).fit(
        ...([
          nmapMatrix(silent),
          rows,
          labelsOf(silent.map(({ id }) => id[0]!)),
          randomStream(1, 'fit'),
        ] as const),
      );
    for (const row of [8, 9]) {
      expect(model('nmap').classify(matrix, row).label).toBe('a');
      expect(model('nmap-no-guess').classify(matrix, row).label).toBe(unresolved);
    }
    expect(model('nmap').describe()).toContain('Fingerprint a\nClass trained | a || machine\nT1(R=Y%T=40)');
  });
});

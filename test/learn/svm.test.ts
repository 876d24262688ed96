import { createRequire } from 'node:module';
import { describe, expect, it } from 'vitest';
import { buildMatrix } from '../../src/dataset/matrix.js';
import { learners } from '../../src/learn/index.js';
import { labelsOf } from '../../src/learn/learner.js';
import { indicatorDistances } from '../../src/learn/overlap-distance.js';
import { couple } from '../../src/learn/pairwise-coupling.js';
import { fitSigmoid, sigmoidAt } from '../../src/learn/platt.js';
import { trainMachine } from '../../src/learn/smo.js';
import { KernelExamples } from '../../src/learn/smo-examples.js';
import { randomStream } from '../../src/random.js';
import { columnsOf } from '../dataset/matrix-table.js';
import { synthesize } from './parity/synthetic.js';

interface Libsvm {
  train(samples: number[][], labels: number[]): void;
  predictOne(sample: number[]): number;
  predictOneProbability(sample: number[]): { estimates: { label: number; probability: number }[] };
  getSVIndices(): number[];
  serializeModel(): string;
  free(): void;
}
const libsvm = createRequire(import.meta.url)('libsvm-js/asm') as new (
  options: Record<string, unknown>,
) => Libsvm;

/** LIBSVM on a precomputed kernel: each sample is its serial number and its row of the kernel. */
function askLibsvm(
  kernel: Float64Array,
  height: number,
  rows: readonly number[],
  codes: Int32Array,
  probabilities: boolean,
) {
  const machine = new libsvm({
    kernel: 4,
    cost: 1,
    tolerance: 1e-6,
    quiet: true,
    probabilityEstimates: probabilities,
  });
  const sample = (row: number, place: number) => [
    place + 1,
    ...rows.map((other) => kernel[row * height + other]!),
  ];
  machine.train(
    rows.map(sample),
    rows.map((row) => codes[row]!),
  );
  return { machine, sample: (row: number) => sample(row, 0) };
}

const data = synthesize(12, { machines: 120, probes: 40, classes: 6, noise: 0.6 });
const matrix = buildMatrix(data.summaries, data.fields);
const labels = labelsOf(data.labels);
const height = matrix.rows.length;
const distances = indicatorDistances(matrix, Int32Array.from(matrix.rows.keys()));
const kernel = distances.map((distance) => -0.5 * distance);
// LIBSVM wants a kernel with a norm.
const shifted = kernel.map(
  (_, at) => (distances[Math.floor(at / height)]! + distances[at % height]! - distances[at]!) / 2,
);

describe('trainMachine', () => {
  it.each([
    [0, 1],
    [1, 2],
    [0, 3],
    [2, 4],
  ])('finds the plane between classes %i and %i that LIBSVM finds', (first, second) => {
    const rows = [...labels.codes.keys()].filter((row) => [first, second].includes(labels.codes[row]!));
    const part = Float64Array.from(rows.flatMap((row) => rows.map((other) => kernel[row * height + other]!)));
    const signs = Int8Array.from(rows, (row) => (labels.codes[row] === first ? 1 : -1));
    const examples = new KernelExamples(part);
    const threshold = trainMachine(examples, signs);
    const { machine } = askLibsvm(shifted, height, rows, labels.codes, false);
    const model = machine.serializeModel().split('\n');
    const rho = Number(model.find((line) => line.startsWith('rho'))!.split(' ')[1]);
    const coefficients = model.slice(model.indexOf('SV') + 1).filter((line) => line !== '');
    const sign = labels.codes[rows[0]!] === first ? 1 : -1;
    const output = (row: number) =>
      coefficients.reduce((sum, line) => {
        const [weight, serial] = line.split(/ 0:| /).map(Number) as [number, number];
        return sum + weight * shifted[rows[serial - 1]! * height + row]!;
      }, -rho) * sign;
    for (let row = 0; row < height; row++) {
      const found = rows.reduce(
        (sum, other, place) => sum + examples.weights[place]! * kernel[other * height + row]!,
        -threshold,
      );
      expect(Math.abs(found - output(row))).toBeLessThan(0.01);
    }
    machine.free();
  });

  it('weighs examples that are the same point', () => {
    const examples = new KernelExamples(new Float64Array(16));
    const threshold = trainMachine(examples, Int8Array.of(1, 1, 1, -1));
    expect(examples.weights.reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(0, 12);
    expect(Math.abs(threshold)).toBeLessThanOrEqual(1);
  });
});

describe('svm', () => {
  const train = Array.from({ length: 100 }, (_, row) => row);

  it('votes as LIBSVM does, and is about as sure', () => {
    const model = learners.svm.fit(matrix, Int32Array.from(train), labels, randomStream(1, 'svm'));
    const votes = askLibsvm(shifted, height, train, labels.codes, false);
    const sure = askLibsvm(shifted, height, train, labels.codes, true);
    const answers = Array.from({ length: 20 }, (_, place) => {
      const row = 100 + place;
      const { distribution, label } = model.classify(matrix, row);
      const { estimates } = sure.machine.predictOneProbability(sure.sample(row));
      const apart = estimates.map(({ label: code, probability }) =>
        Math.abs(distribution[code]! - probability),
      );
      return {
        same: label === labels.classes[votes.machine.predictOne(votes.sample(row))],
        apart: Math.max(...apart),
      };
    });
    expect(answers.filter(({ same }) => same).length).toBeGreaterThanOrEqual(19);
    // Both calibrate on folds that they draw.
    expect(answers.reduce((sum, { apart }) => sum + apart, 0) / answers.length).toBeLessThan(0.12);
    votes.machine.free();
    sure.machine.free();
  });

  it('says how many machines support it', () => {
    const { fields, summaries } = columnsOf([
      [1, 1, 1, 2, 2, 2],
      [1, 2, 1, 1, 2, 1],
    ]);
    const small = buildMatrix(summaries, fields);
    const model = learners.svm.fit(
      small,
      Int32Array.of(0, 1, 2, 3, 4, 5),
      labelsOf([...'aaabbb']),
      randomStream(1, ''),
    );
    expect(model.describe()).toMatch(/^1 machines of two classes over 2 columns; \d of 6 training machines/);
    expect(model.describe()).toMatch(/a or b: \d of 6 machines/);
  });
});

describe('fitSigmoid', () => {
  it('finds the slope and the place of made-up probabilities', () => {
    const truth = { a: -1.5, b: 0.4 };
    const outputs = Float64Array.from({ length: 20_000 }, (_, place) => Math.floor(place / 1000) / 4 - 2.5);
    const positive = outputs.map((output, place) => (place % 1000 < 1000 * sigmoidAt(truth, output) ? 1 : 0));
    const found = fitSigmoid(outputs, Uint8Array.from(positive));
    expect(found.a).toBeCloseTo(truth.a, 2);
    expect(found.b).toBeCloseTo(truth.b, 2);
  });

  it('copes with outputs that separate, or say nothing', () => {
    const apart = fitSigmoid(Float64Array.of(-2, -1, 1, 2), Uint8Array.of(0, 0, 1, 1));
    expect(sigmoidAt(apart, 2)).toBeGreaterThan(0.7);
    expect(sigmoidAt(apart, -2)).toBeLessThan(0.3);
    const flat = fitSigmoid(new Float64Array(4), Uint8Array.of(0, 1, 1, 1));
    expect(sigmoidAt(flat, 0)).toBeCloseTo(((4 / 5) * 3 + 1 / 3) / 4, 6);
  });
});

describe('couple', () => {
  it('finds the probabilities of which pairs were made', () => {
    const truth = [0.5, 0.3, 0.15, 0.05];
    const pairs = Float64Array.from(truth.flatMap((one) => truth.map((other) => one / (one + other))));
    const found = couple(pairs, 4);
    for (const [place, share] of truth.entries()) expect(found[place]).toBeCloseTo(share, 2);
  });

  it('gives the pair itself for two classes, and all to one', () => {
    expect(couple(Float64Array.of(0, 0.8, 0.2, 0), 2)[0]).toBeCloseTo(0.8, 6);
    expect([...couple(new Float64Array(1), 1)]).toEqual([1]);
  });
});

import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parseArff } from '../../src/dataset/arff.js';
import { AttributeMatrix } from '../../src/dataset/attribute-matrix.js';
import { buildMatrix, type Matrix } from '../../src/dataset/matrix.js';
import { classifyFolds } from '../../src/learn/evaluate.js';
import { splitFold, stratifiedFolds } from '../../src/learn/folds.js';
import { type LearnerName, learners } from '../../src/learn/index.js';
import { labelsOf } from '../../src/learn/learner.js';
import { trainerOf } from '../../src/learn/svm-machine.js';
import { randomStream } from '../../src/random.js';
import { type Answer, askSklearn, askWeka, parseAnswers, toArff } from './parity/peers.js';
import { type Shape, synthesize } from './parity/synthetic.js';

// The golden answers are those of Weka 3.6.14 (J48, IBk -K 3, SMO, NaiveBayes; means of JRip and RandomForest -I 100)
// and of scikit-learn 1.2.1 (LogisticRegression of liblinear). With WEKA_JAR set to its weka.jar, or SKLEARN_PYTHON
// to an interpreter that has it, they are asked for anew and written.
const { WEKA_JAR, SKLEARN_PYTHON } = process.env;

const datasets: Readonly<Record<string, Shape & { seed: number }>> = {
  'clean-90x1000': { seed: 1, machines: 90, probes: 200, classes: 7, noise: 0.3 },
  'noisy-150x600': { seed: 2, machines: 150, probes: 120, classes: 12, noise: 0.8 },
  'missing-120x500': { seed: 3, machines: 120, probes: 100, classes: 6, noise: 0.6, partial: 0.1 },
  // Columns that merge: their multiplicities decide.
  'merged-120x1500': { seed: 6, machines: 120, probes: 300, classes: 10, noise: 0.5, noisy: 0.02 },
  'merged-120x300': { seed: 25, machines: 120, probes: 60, classes: 10, noise: 0.5, noisy: 0.1 },
  // Columns of so many values that their gain does not count in the average: some, most, all.
  'wide-80x80': { seed: 59, machines: 80, probes: 16, classes: 8, noise: 0.7, noisy: 0.5, wide: 0.3 },
  'wider-50x30': { seed: 25, machines: 50, probes: 6, classes: 4, noise: 0.6, wide: 0.9 },
  'widest-50x30': { seed: 32, machines: 50, probes: 6, classes: 4, noise: 0.6, wide: 1 },
  'scarce-60x40': { seed: 4, machines: 60, probes: 8, classes: 9, noise: 0.5 },
  'scarce-missing-200x30': { seed: 5, machines: 200, probes: 6, classes: 5, noise: 0.6, partial: 0.2 },
};

/**
 * Rows that svm answers otherwise from the Gram matrix, with an output within 0.0002 of 0: Weka's training stops 0.002
 * short of the optimum, and sums of products are rounded otherwise than the sums over features of which Weka makes them.
 */
const ties: Readonly<Record<string, readonly number[]>> = { 'wide-80x80': [3] };

/** Those on which learners that draw are trained for 20 seeds. */
const averaged = {
  ripper: ['clean-90x1000', 'merged-120x300', 'wide-80x80', 'scarce-60x40'],
  'random-forest': ['merged-120x300', 'wide-80x80'],
};

function golden(name: string, peer: string, ask: (() => Answer[]) | false): Answer[] {
  const file = new URL(`parity/${name}.${peer}.csv`, import.meta.url);
  if (ask) {
    const lines = ask().map(({ learner, row, label, confidence }) =>
      row === undefined ? `${learner},mean,${label},` : `${learner},${row},${label},${confidence.toFixed(9)}`,
    );
    writeFileSync(file, `${lines.join('\n')}\n`);
  }
  return existsSync(file) ? parseAnswers(readFileSync(file, 'utf8')) : [];
}

describe.each(Object.entries(datasets))('on %s', (name, shape) => {
  const data = synthesize(shape.seed, shape);
  const matrix = buildMatrix(data.summaries, data.fields, { partial: 'missing' });
  const labels = labelsOf(data.labels);
  const folds = stratifiedFolds(labels, 10, randomStream(shape.seed, 'parity'));
  const weka = golden(name, 'weka', WEKA_JAR ? () => askWeka(WEKA_JAR, toArff(data), folds) : false);
  const sklearn = golden(
    name,
    'sklearn',
    SKLEARN_PYTHON ? () => askSklearn(SKLEARN_PYTHON, toArff(data), folds) : false,
  );

  function expectSameAnswers(
    learner: LearnerName,
    peer: Answer[],
    digits?: number,
    from: Matrix = matrix,
  ): void {
    const theirs = new Map(peer.filter((one) => one.learner === learner).map((one) => [one.row, one]));
    const ours = [...classifyFolds(from, labels, learners[learner], folds, 0)];
    expect(theirs.size).toBe(shape.machines);
    expect(ours.map(({ row, label }) => `${row} ${label}`)).toEqual(
      ours.map(({ row }) => `${row} ${theirs.get(row)!.label}`),
    );
    if (digits === undefined) return;
    for (const { row, confidence } of ours)
      expect(confidence).toBeCloseTo(theirs.get(row)!.confidence, digits);
  }

  it.each(['c45', 'knn', 'naive-bayes'] as const)(
    '%s answers as Weka does, machine by machine',
    (learner) => {
      expectSameAnswers(learner, weka, 6);
    },
  );

  it('svm answers as Weka does, machine by machine, but for ties', () => {
    const theirs = new Map(weka.filter((one) => one.learner === 'svm').map((one) => [one.row, one.label]));
    const ours = [...classifyFolds(matrix, labels, learners.svm, folds, 0)];
    const unlike = ours.filter(({ label, row }) => label !== theirs.get(row));
    expect(unlike.map(({ row }) => row)).toEqual(ties[name] ?? []);
    for (const { label, row } of unlike)
      expect(Math.abs(outputBetween(row, [label, theirs.get(row)!]))).toBeLessThan(1e-3);
  });

  /** Output for a row of the machine that tells two classes apart, trained on the other folds. */
  function outputBetween(row: number, [one, other]: readonly [string, string]): number {
    const { train } = splitFold(folds, folds[row]!);
    const rows = train.filter((place) => [one, other].includes(data.labels[place]!));
    const signs = Int8Array.from(rows, (place) => (data.labels[place] === one ? 1 : -1));
    return trainerOf(matrix, train, 1).train(rows, signs).output(row);
  }

  it('svm on attributes answers as Weka does, machine by machine', () => {
    const { columns } = parseArff(toArff(data), name);
    // Thousands of features take long, and say no more.
    if (columns.length > 100) return;
    const attributes = new AttributeMatrix(columns.slice(0, -1), [...labels.codes.keys()]);
    expectSameAnswers('svm', weka, undefined, attributes);
  });

  it.each(['ripper', 'random-forest'] as const)(
    '%s is as accurate as Weka, give or take its draws',
    (learner) => {
      if (!averaged[learner].includes(name)) return;
      const theirs = Number(weka.find((one) => one.learner === learner)!.label);
      let right = 0;
      for (let seed = 0; seed < 20; seed++)
        for (const { row, label } of classifyFolds(matrix, labels, learners[learner], folds, seed))
          if (label === data.labels[row]) right++;
      expect(Math.abs((100 * right) / 20 / shape.machines - theirs)).toBeLessThanOrEqual(2);
    },
  );

  it('logistic answers as scikit-learn does, machine by machine', () => {
    expectSameAnswers('logistic', sklearn, 3);
  });
});

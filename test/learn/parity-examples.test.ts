import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { matrixFor, paritySet } from '../../bench/learners/parity-sets.js';
import { classifyFolds } from '../../src/learn/evaluate.js';
import { learners } from '../../src/learn/index.js';
import { parseAnswers } from './parity/peers.js';

// Tables and answers of Weka 3.6.14 are written by `npm run bench -- learners --parity --goldens FOLDER`.
const folder = new URL('parity/examples/', import.meta.url);
const names = readdirSync(folder)
  .filter((file) => file.endsWith('.arff'))
  .map((file) => file.slice(0, -'.arff'.length));

describe.each(names)('on %s', (name) => {
  const read = (file: string) => readFileSync(new URL(file, folder), 'utf8');
  const set = paritySet(name, read(`${name}.arff`));
  const { folds, labels, matrix } = set;
  const weka = parseAnswers(read(`${name}.weka.csv`));

  it.each(['c45', 'knn', 'svm'] as const)('%s answers as Weka does, machine by machine', (learner) => {
    const theirs = new Map(weka.filter((one) => one.learner === learner).map((one) => [one.row, one.label]));
    expect(theirs.size).toBe(matrix.rows.length);
    const ours = [...classifyFolds(matrixFor(set, learner), labels, learners[learner], folds, 0)];
    expect(ours.map(({ label, row }) => `${row} ${label}`)).toEqual(
      ours.map(({ row }) => `${row} ${theirs.get(row)}`),
    );
  });

  it('ripper is as accurate as Weka, give or take its draws', () => {
    const theirs = Number(weka.find((one) => one.learner === 'ripper')!.label);
    let right = 0;
    for (let seed = 0; seed < 20; seed++)
      for (const { label, row } of classifyFolds(matrix, labels, learners.ripper, folds, seed))
        if (label === labels.classes[labels.codes[row]!]) right++;
    expect(Math.abs((100 * right) / 20 / matrix.rows.length - theirs)).toBeLessThanOrEqual(2);
  });
});

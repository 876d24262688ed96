import { describe, expect, it } from 'vitest';
import { buildMatrix } from '../../src/dataset/matrix.js';
import { classifyFolds } from '../../src/learn/evaluate.js';
import { stratifiedFolds } from '../../src/learn/folds.js';
import { type LearnerName, learners } from '../../src/learn/index.js';
import { labelsOf } from '../../src/learn/learner.js';
import { randomStream } from '../../src/random.js';
import { columnsOf } from '../dataset/matrix-table.js';
import { quickLearners } from './quick-learners.js';

const random = randomStream(8, 'columns');
const names = Array.from({ length: 60 }, (_, row) => 'abc'[row % 3]!);
const columns = Array.from({ length: 40 }, () =>
  names.map((name) => (random.float() < 0.7 ? random.below(4) : name.charCodeAt(0))),
);
const labels = labelsOf(names);
const folds = stratifiedFolds(labels, 5, randomStream(1, 'folds'));

function answers(learner: LearnerName, given: number[][]): string[] {
  const { fields, summaries } = columnsOf(given);
  const found = [...classifyFolds(buildMatrix(summaries, fields), labels, quickLearners[learner], folds, 1)];
  expect(found.filter(({ row, label }) => label === names[row]).length).toBeGreaterThan(20);
  return found.map(({ row, label }) => `${row} ${label}`);
}

describe('answers do not depend on', () => {
  // Trees, rules and forests take the first of equal columns, or draw by number.
  const ofAll = ['svm', 'knn', 'naive-bayes', 'logistic', 'mljs-svm'] as const;
  const thatTune = ['svm-tuned', 'knn-tuned', 'logistic-tuned'] as const;

  it.each([...ofAll, ...thatTune])('the order of the columns: %s', (learner) => {
    const order = randomStream(2, 'order').shuffle([...columns.keys()]);
    const permuted = order.map((column) => columns[column]!);
    expect(answers(learner, permuted)).toEqual(answers(learner, columns));
  });

  // Others regularise, or weigh each column as evidence of its own.
  it.each(['c45', 'knn', 'knn-tuned'] as const)('whether every column is there twice: %s', (learner) => {
    const doubled = columns.flatMap((column) => [column, column]);
    expect(answers(learner, doubled)).toEqual(answers(learner, columns));
  });

  const informed = (Object.keys(learners) as LearnerName[]).filter((learner) => learner !== 'majority');

  it.each(informed)('columns that are constant: %s', (learner) => {
    const padded = [...columns, ...columns.map((column) => column.map(() => 7))];
    // RIPPER counts the conditions that there could be, of constant columns, too.
    if (learner === 'ripper') expect(answers(learner, padded)).toHaveLength(60);
    else expect(answers(learner, padded)).toEqual(answers(learner, columns));
  });
});

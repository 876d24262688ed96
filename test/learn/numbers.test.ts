import { describe, expect, it } from 'vitest';
import { parseArff } from '../../src/dataset/arff.js';
import { AttributeMatrix } from '../../src/dataset/attribute-matrix.js';
import { labelledMatrix } from '../../src/dataset/read-table.js';
import type { TableColumn } from '../../src/dataset/table.js';
import { crossValidate } from '../../src/learn/evaluate.js';
import { type LearnerName, learners } from '../../src/learn/index.js';
import { labelsOf } from '../../src/learn/learner.js';
import { normalBetween } from '../../src/learn/normal.js';
import { randomStream } from '../../src/random.js';

/** Quinlan's days, with temperature and humidity as numbers. */
const days = parseArff(
  `@relation weather
@attribute outlook {sunny, overcast, rainy}
@attribute temperature real
@attribute humidity real
@attribute windy {TRUE, FALSE}
@attribute play {yes, no}
@data
sunny,85,85,FALSE,no
sunny,80,90,TRUE,no
overcast,83,86,FALSE,yes
rainy,70,96,FALSE,yes
rainy,68,80,FALSE,yes
rainy,65,70,TRUE,no
overcast,64,65,TRUE,yes
sunny,72,95,FALSE,no
sunny,69,70,FALSE,yes
rainy,75,80,FALSE,yes
sunny,75,70,TRUE,yes
overcast,72,90,TRUE,yes
overcast,81,75,FALSE,yes
rainy,71,91,TRUE,no
`,
  'weather.arff',
);

const takers = Object.keys(learners).filter(
  (name) => name !== 'majority' && learners[name as LearnerName].takesNumbers,
) as LearnerName[];

const column = (name: string, values: (number | string | null)[]): TableColumn => ({
  name,
  kind: values.some((value) => typeof value === 'number') ? 'numeric' : 'nominal',
  values,
});

function tableOf(columns: TableColumn[], labels: string[]) {
  const matrix = new AttributeMatrix(columns, [...labels.keys()]);
  const rows = Int32Array.from(labels.keys());
  return { matrix, labels: labelsOf(labels), rows };
}

function modelOf(name: LearnerName, columns: TableColumn[], labels: string[], training?: number[]) {
  const { matrix, labels: coded, rows } = tableOf(columns, labels);
  const model = learners[name].fit(
    matrix,
    training ? Int32Array.from(training) : rows,
    coded,
    randomStream(1, name),
  );
  return { model, matrix, answer: (row: number) => model.classify(matrix, row) };
}

/** Numbers around two means, and a column that tells nothing. */
function twoHeaps(count: number, shape: (number: number) => number = (number) => number) {
  const random = randomStream(5, 'heaps');
  const labels = Array.from({ length: count }, (_, row) => (row % 2 ? 'far' : 'near'));
  const numbers = labels.map((label) => shape((label === 'far' ? 6 : 2) + 3 * random.float()));
  const noise = labels.map(() => random.below(100) / 10);
  const color = labels.map(() => (random.below(2) ? 'red' : 'blue'));
  return { labels, columns: [column('noise', noise), column('number', numbers), column('color', color)] };
}

describe('numbers', () => {
  it('make the tree of Quinlan\u2019s days that J48 makes', () => {
    const { attributes, labels } = labelledMatrix(days, 'play', 10, 'weather.arff');
    const rows = Int32Array.from(labels.keys());
    const model = learners.c45.fit(attributes!, rows, labelsOf(labels), randomStream(1, 'c45'));
    expect(model.describe().replaceAll(' of probe 0', '')).toBe(
      [
        'outlook = sunny',
        '|   humidity <= 75: yes (2)',
        '|   humidity > 75: no (3)',
        'outlook = overcast: yes (4)',
        'outlook = rainy',
        '|   windy = FALSE: yes (3)',
        '|   windy = TRUE: no (2)',
      ].join('\n'),
    );
  });

  it.each(takers)('tell two heaps apart: %s', (name) => {
    const { columns, labels } = twoHeaps(60);
    const { matrix } = tableOf(columns, labels);
    const { accuracy } = crossValidate(matrix, labels, learners[name], { folds: 5, repeats: 1, seed: 1 });
    expect(accuracy).toBeGreaterThanOrEqual(0.9);
  });

  it.each(takers)('may be missing, in training and after: %s', (name) => {
    const { columns, labels } = twoHeaps(40);
    const [noise, number, color] = columns;
    const gaps = column(
      'number',
      number!.values.map((value, row) => (row % 5 === 0 || row === 39 ? null : value)),
    );
    const { answer } = modelOf(name, [noise!, gaps, color!], labels, [...Array(39).keys()]);
    const { distribution } = answer(39);
    expect(distribution.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 6);
    expect(answer(38).label).toBe('near');
  });

  it.each(['svm', 'knn', 'c45', 'random-forest', 'ripper'] as const)(
    'may be in any unit: %s answers alike',
    (name) => {
      const [plain, scaled] = [twoHeaps(40), twoHeaps(40, (number) => 4 * number - 16)];
      const training = [...Array(30).keys()];
      const one = modelOf(name, plain.columns, plain.labels, training);
      const other = modelOf(name, scaled.columns, scaled.labels, training);
      for (let row = 0; row < 40; row++) expect(other.answer(row).label).toBe(one.answer(row).label);
    },
  );

  it.each(['c45', 'random-forest', 'ripper'] as const)(
    'that no training row had fall on a side of a threshold: %s',
    (name) => {
      const numbers = [1, 2, 3, 4, 11, 12, 13, 14, 1.5, 13.5, -100, 100];
      const labels = numbers.map((number) => (number < 7 ? 'low' : 'high'));
      const { answer } = modelOf(name, [column('n', numbers)], labels, [0, 1, 2, 3, 4, 5, 6, 7]);
      expect([8, 9, 10, 11].map((row) => answer(row).label)).toEqual(['low', 'high', 'low', 'high']);
    },
  );

  it('bound the rules that ripper makes', () => {
    const numbers = [...Array(40).keys()];
    const labels = numbers.map((number) => (number >= 28 ? 'rare' : 'common'));
    const { model } = modelOf('ripper', [column('n', numbers)], labels);
    expect(model.describe()).toMatch(
      /^\(n of probe 0 >= 2[89]\) => rare \(1[12]\)\n=> common \(2[89](\/1)?\)$/,
    );
  });

  it('are nearest in units of their range', () => {
    // A difference of 1 in a hundred, and of 1 in two.
    const wide = [0, 100, 50, 51];
    const narrow = [0, 2, 1, 0];
    const { answer } = modelOf('knn', [column('wide', wide), column('narrow', narrow)], ['a', 'b', 'c', 'd']);
    const { distribution } = answer(2);
    // k = 3: itself, row 3 at a distance of 1/2, and rows 0 and 1, both at the root of 1/2.
    expect([...distribution].map((share) => share > 0.2)).toEqual([true, true, true, true]);
    const near = modelOf('knn', [column('wide', [0, 100, 40, 41])], ['a', 'b', 'c', 'd']);
    expect(near.answer(2).distribution[1]).toBeLessThan(0.1);
  });

  it('are normally distributed to naive Bayes', () => {
    // Means 2 and 6 with equal deviations and counts, and 4 in the middle, which is all that c has.
    const numbers = [1, 2, 3, 5, 6, 7, 4, 4.2, 2.1, 5.9];
    const { answer } = modelOf(
      'naive-bayes',
      [column('n', numbers)],
      [...'aaabbbcaab'],
      [0, 1, 2, 3, 4, 5, 6],
    );
    const [a, b, c] = answer(7).distribution;
    expect(a! / b!).toBeCloseTo(1, 9);
    expect(c).toBeGreaterThan(0.5);
    expect([answer(8).label, answer(9).label]).toEqual(['a', 'b']);
  });
});

describe('normalBetween', () => {
  it.each([
    [-1, 1, 0.682689492137],
    [0, 1.96, 0.475002104852],
    [2.9, 3.1, 0.000898211],
    [-3.1, -2.9, 0.000898211],
    [6, 7, 9.8531e-10],
    [-40, 40, 1],
  ])('%f to %f', (low, high, expected) => {
    expect(normalBetween(low, high) / expected).toBeCloseTo(1, 4);
  });
});

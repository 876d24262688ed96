import { buildMatrix } from '../../src/dataset/matrix.js';
import type { FieldSpec } from '../../src/dataset/summary.js';
import { learners } from '../../src/learn/index.js';
import { labelsOf } from '../../src/learn/learner.js';
import { randomStream } from '../../src/random.js';
import { host, median, type Verdict } from '../figures.js';
import { exponent } from '../growth/fit.js';

interface Size {
  readonly columns: number;
  readonly rows: number;
  readonly classes: number;
}

const names = ['c45', 'ripper', 'random-forest', 'svm', 'knn', 'naive-bayes', 'logistic'] as const;
/** What stays as it is while another grows. */
const middle: Size = { columns: 1000, rows: 160, classes: 8 };
const sizes: Readonly<Record<keyof Size, readonly number[]>> = {
  columns: [250, 500, 1000, 2000, 4000],
  rows: [40, 80, 160, 320],
  classes: [2, 4, 8, 16, 32],
};
const repeats = 3;
const field: FieldSpec = { name: 'value', kind: 'number' };

/** Columns that hang on the class and, in two machines of five, on nothing: hardly any are alike. */
function machinesOf({ classes, columns, rows }: Size, seed: number) {
  const random = randomStream(seed, `growth/${classes}/${columns}/${rows}`);
  const byClass = Array.from({ length: columns }, () =>
    Array.from({ length: classes }, () => random.below(4)),
  );
  const codes = Array.from({ length: rows }, (_, row) => row % classes);
  const summaries = codes.map((code, row) => ({
    machine: `m${row}`,
    probes: columns,
    copies: 1,
    answers: new Uint16Array(columns).fill(1),
    values: Float64Array.from(byClass, (own) => (random.float() < 0.4 ? random.below(4) : own[code]!)),
    texts: [],
  }));
  return { summaries, labels: labelsOf(codes.map((code) => `class-${String(code).padStart(2, '0')}`)) };
}

/** Processor seconds of one training on all rows and of the answers for them, the middle of three. */
function secondsOf(name: (typeof names)[number], size: Size, seed: number): number {
  const { labels, summaries } = machinesOf(size, seed);
  const spent = Array.from({ length: repeats }, (_, repeat) => {
    // A matrix of its own each time: what is kept for a matrix is part of the cost.
    const matrix = buildMatrix(summaries, [field]);
    const rows = Int32Array.from(matrix.rows.keys());
    const before = process.cpuUsage();
    const model = learners[name].fit(matrix, rows, labels, randomStream(seed, `growth/${repeat}`));
    for (const row of rows) model.classify(matrix, row);
    const { system, user } = process.cpuUsage(before);
    return (system + user) / 1e6;
  });
  return median(spent);
}

/** How the cost of each learner grows with columns, rows and classes, and the exponents that fit it. */
export async function learnerGrowth(say: (text: string) => void, seed = 1): Promise<Verdict> {
  const rows = names.flatMap((learner) => {
    say(learner);
    // The first run of a learner is not yet compiled.
    secondsOf(learner, middle, seed);
    return (Object.keys(sizes) as (keyof Size)[]).map((grows) => {
      const points = sizes[grows].map((x) => ({ x, y: secondsOf(learner, { ...middle, [grows]: x }, seed) }));
      return { learner, grows, points, exponent: exponent(points) };
    });
  });
  const { classes, columns, rows: count } = middle;
  const lines = rows.map(({ exponent: fitted, grows, learner, points }) => {
    const told = points.map(({ x, y }) => `${x}: ${y.toPrecision(2)}`).join(', ');
    return `| ${learner} | ${grows} | ${told} | ${fitted.toFixed(2)} |`;
  });
  const head = ['| learner | grows | CPU s to train and answer | exponent |', '|---|---|---|---|'];
  const about = `${count} rows, ${columns} columns, ${classes} classes where these do not grow; least squares of logarithms`;
  return {
    bench: 'learners --growth',
    at: new Date().toISOString(),
    host: host({ rows: count, columns, classes }),
    rows,
    text: [...head, ...lines, '', about].join('\n'),
    holds: true,
  };
}

import { StackbedError } from '../../src/errors.js';
import { classifyFolds } from '../../src/learn/evaluate.js';
import { stratifiedFolds } from '../../src/learn/folds.js';
import { learners } from '../../src/learn/index.js';
import { labelsOf } from '../../src/learn/learner.js';
import { randomStream } from '../../src/random.js';
import { reduce, reduceRows, synthesize } from './machines.js';

// A process of its own, so that its peak of memory is its own. Arguments: columns, seed, learner, `reduction` or `reduction-by-value`.
const [columns, seed, name] = process.argv.slice(2) as [string, string, string];
const machines = synthesize(Number(columns), Number(seed));
const { matrix, seconds } = name === 'reduction' ? reduceRows(machines) : reduce(machines);
const mb = () => process.resourceUsage().maxRSS / 1024;
const spent = () => {
  const { system, user } = process.cpuUsage();
  return (system + user) / 1e6;
};
if (name.startsWith('reduction')) {
  process.stdout.write(`${seconds} ${matrix.columns} ${mb()}\n`);
} else {
  const labels = labelsOf(machines.labels);
  const folds = stratifiedFolds(labels, 10, randomStream(Number(seed), 'folds'));
  const learner = learners[name as keyof typeof learners];
  const before = spent();
  process.stderr.write(`begun at ${before}\n`);
  let right = 0;
  try {
    for (const { label, row } of classifyFolds(matrix, labels, learner, folds, Number(seed)))
      if (label === machines.labels[row]) right++;
    process.stdout.write(`${spent() - before} ${right / folds.length} ${mb()}\n`);
    // A matrix of its own: what is kept for a matrix is part of the cost.
    const rows = Int32Array.from(matrix.rows.keys());
    const anew = matrix.select({ rows });
    const trained = spent();
    learner.fit(anew, rows, labels, randomStream(Number(seed), 'train'));
    process.stdout.write(`${spent() - trained}\n`);
  } catch (error) {
    if (!(error instanceof StackbedError)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exitCode = error.exitCode;
  }
}

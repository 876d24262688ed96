import { existsSync, statSync } from 'node:fs';
import { relative } from 'node:path';
import { Command } from 'commander';
import { InputError } from '../errors.js';
import type { LearnerName } from '../learn/index.js';
import { renderText } from '../report/text.js';
import { assemble } from '../scenario/assemble.js';
import { evaluateTable } from '../scenario/evaluate-table.js';
import { RunFolder } from '../scenario/run-folder.js';
import { tableText } from './evaluate-table.js';
import { learnersOption } from './learner-options.js';
import { jsonOption, wholeNumber } from './options.js';
import { printJson, printText } from './output.js';
import { RunProgress } from './progress.js';
import { interruptSignal } from './signals.js';

interface Options {
  readonly json?: boolean;
  readonly label?: string;
  readonly learner?: LearnerName[];
  readonly folds?: number;
  readonly repeats?: number;
  readonly seed?: number;
  readonly bins?: number;
  readonly group?: string;
}

const usual: readonly LearnerName[] = ['c45', 'ripper', 'random-forest', 'svm', 'knn', 'majority'];

async function evaluateRun(
  path: string,
  { json, ...others }: Options,
  progress: RunProgress,
  signal: AbortSignal,
) {
  const [stray] = Object.keys(others);
  if (stray !== undefined)
    throw new InputError(`--${stray} is for a table; a run says in its scenario what to learn`, {
      remedy: `change experiments in ${path}/scenario.resolved.yaml`,
    });
  const folder = RunFolder.open(path);
  const result = await assemble(folder, {
    signal,
    onExperiment: (done, total) => progress.onEvent({ kind: 'learning', done, total }),
  });
  progress.end();
  if (json) printJson(result);
  else printText(`${renderText(result)}\nreport: ${relative('', folder.file('report.html'))}`);
}

async function evaluateFile(file: string, options: Options, progress: RunProgress, signal: AbortSignal) {
  const { bins = 10, folds = 10, group, json, label, learner = usual, repeats = 1, seed = 1 } = options;
  if (label === undefined)
    throw new InputError(`${file} is a table: say which column is to be learnt`, {
      remedy: 'add --label COLUMN',
    });
  const request = { file, label, learners: learner, folds, repeats, seed, bins, group };
  const evaluation = await evaluateTable(
    request,
    (done, total) => progress.onEvent({ kind: 'learning', done, total }),
    signal,
  );
  progress.end();
  if (json) printJson(evaluation);
  else printText(tableText(evaluation, bins));
}

export function evaluateCommand(): Command {
  return new Command('evaluate')
    .description('learn again from a recorded run, or from a table; no machine is booted')
    .argument('<run or table>', 'folder of a run, or a file .arff, .csv or .parquet')
    .option('--label <column>', 'of a table: the column to learn')
    .option('--group <column>', 'of a table: rows with the same value in it stay in one fold')
    .option('--folds <number>', 'of a table (default: 10)', wholeNumber(2, 100_000))
    .option('--repeats <number>', 'of a table: times that folds are drawn (default: 1)', wholeNumber(1, 1000))
    .option(
      '--bins <number>',
      'of a table: intervals of a numeric column (default: 10)',
      wholeNumber(2, 1000),
    )
    .option('--seed <number>', 'of a table (default: 1)', wholeNumber(0, Number.MAX_SAFE_INTEGER))
    .addOption(learnersOption())
    .addOption(jsonOption())
    .action(async (path: string, options: Options) => {
      const interrupt = interruptSignal();
      const progress = new RunProgress(process.stderr);
      const isFile = existsSync(path) ? statSync(path).isFile() : /\.(arff|csv|parquet)$/i.test(path);
      try {
        await (isFile ? evaluateFile : evaluateRun)(path, options, progress, interrupt.signal);
      } finally {
        progress.end();
        interrupt.dispose();
      }
    });
}

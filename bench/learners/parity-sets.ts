import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { arffLines, parseArff } from '../../src/dataset/arff.js';
import type { Matrix } from '../../src/dataset/matrix.js';
import { labelledMatrix } from '../../src/dataset/read-table.js';
import type { Table } from '../../src/dataset/table.js';
import { InputError } from '../../src/errors.js';
import { stratifiedFolds } from '../../src/learn/folds.js';
import { type LearnerName, learners } from '../../src/learn/index.js';
import { type Labels, labelsOf } from '../../src/learn/learner.js';
import { packageRoot } from '../../src/package-root.js';
import { randomStream } from '../../src/random.js';
import { machines, synthesize } from './machines.js';

/** Intervals of equal width into which numeric columns are put for scikit-learn. */
export const bins = 10;

/** Examples that come with Weka, by file name; the label is the last column. */
const examples = [
  'weather.nominal',
  'weather.numeric',
  'contact-lenses',
  'breast-cancer',
  'vote',
  'soybean',
  'labor',
  'iris',
  'glass',
];

/** Matrices of runs: the stacks of `failure-modes/middleboxes` under its clean condition, and the paper's fleet. */
const ours = ['quickstart', 'stacks', 'fleet'];
const recorded = join(packageRoot, 'test/learn/parity/examples');
const setNames: readonly string[] = [...examples, ...ours, 'mechanistic'];

export interface ParitySet {
  readonly name: string;
  /** Values in order of first occurrence, classes sorted: what Weka reads. */
  readonly arff: string;
  /** Numeric columns in bins: what scikit-learn gets. */
  readonly matrix: Matrix;
  /** With numbers, for learners that take them. */
  readonly attributes: Matrix;
  readonly labels: Labels;
  /** By row, 0..9. */
  readonly folds: Int32Array;
  /** Columns that are numbers. */
  readonly numeric: number;
}

/** What a learner reads of a set. */
export function matrixFor({ attributes, matrix }: ParitySet, learner: LearnerName): Matrix {
  return learners[learner].takesNumbers ? attributes : matrix;
}

/** A set from ARFF whose last column is the label; the folds are the same for the same table. Throws InputError. */
export function paritySet(name: string, text: string): ParitySet {
  const table = parseArff(text, `${name}.arff`);
  const label = table.columns.at(-1)!.name;
  const { attributes, binned, matrix, labels: truth } = labelledMatrix(table, label, bins, name);
  const labels = labelsOf(truth);
  const folds = stratifiedFolds(labels, 10, randomStream(1, 'parity'));
  const arff = arffOf(name, table, labels);
  return { name, arff, matrix, attributes: attributes ?? matrix, labels, folds, numeric: binned.length };
}

function arffOf(name: string, { columns }: Table, labels: Labels): string {
  const text = [...arffLines(name, columns)].join('');
  const head = text.slice(0, text.indexOf('\n@data'));
  const line = head.trimEnd().split('\n').at(-1)!;
  const sorted = [...arffLines('', [{ name: columns.at(-1)!.name, values: labels.classes }])]
    .find((each) => each.startsWith('@attribute'))!
    .trimEnd();
  return text.replace(`${line}\n`, `${sorted}\n`);
}

/** Made-up machines whose answers have causes, at 300 columns, as ARFF. */
function madeUp(): string {
  const made = synthesize(300, 1);
  const rows = Array.from({ length: machines }, (_, machine) => [...made.values(machine)]);
  const columns = rows[0]!.map((_, column) => ({
    name: `c${column}`,
    values: rows.map((row) => String(row[column])),
  }));
  return [...arffLines('mechanistic', [...columns, { name: 'release', values: [...made.labels] }])].join('');
}

/**
 * Weka's examples, found in `folder`, matrices of recorded runs and one of made-up machines.
 *
 * @param names those that are wanted; default all
 * @throws InputError when one of them is not there
 */
export async function paritySets(folder: string, names = setNames): Promise<ParitySet[]> {
  const odd = names.find((name) => !setNames.includes(name));
  if (odd !== undefined)
    throw new InputError(`there is no table ${odd}`, { remedy: `it has: ${setNames.join(', ')}` });
  return Promise.all(
    names.map(async (name) => {
      if (name === 'mechanistic') return paritySet(name, madeUp());
      const from = examples.includes(name) ? folder : recorded;
      return paritySet(name, await readFile(join(from, `${name}.arff`), 'utf8'));
    }),
  );
}

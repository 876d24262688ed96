import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { arffLines, parseArff } from '../../src/dataset/arff.js';
import type { Matrix } from '../../src/dataset/matrix.js';
import { labelledMatrix } from '../../src/dataset/read-table.js';
import { binned, type Table, type TableColumn } from '../../src/dataset/table.js';
import { stratifiedFolds } from '../../src/learn/folds.js';
import { type LearnerName, learners } from '../../src/learn/index.js';
import { type Labels, labelsOf } from '../../src/learn/learner.js';
import { packageRoot } from '../../src/package-root.js';
import { randomStream } from '../../src/random.js';
import { machines, synthesize } from './machines.js';

/** Intervals of equal width into which numeric columns are put, for all sides. */
export const bins = 10;

/** Examples that come with Weka, by file name; the label is the last column. */
const examples = [
  'weather.nominal',
  'contact-lenses',
  'breast-cancer',
  'vote',
  'soybean',
  'labor',
  'iris',
  'glass',
];

export interface ParitySet {
  readonly name: string;
  /** All columns nominal, values in order of first occurrence, classes sorted: what every side reads. */
  readonly arff: string;
  readonly matrix: Matrix;
  /** The same for learners that take attributes. */
  readonly attributes: Matrix;
  readonly labels: Labels;
  /** By row, 0..9. */
  readonly folds: Int32Array;
  /** Numeric columns that were put into bins. */
  readonly binned: number;
}

/** What a learner reads of a set. */
export function matrixFor({ attributes, matrix }: ParitySet, learner: LearnerName): Matrix {
  return learners[learner].takesNumbers ? attributes : matrix;
}

/** A set from ARFF whose last column is the label; the folds are the same for the same table. Throws InputError. */
export function paritySet(name: string, text: string): ParitySet {
  const table = parseArff(text, `${name}.arff`);
  const columns = table.columns.map((column) => binned(column, bins));
  const label = columns.at(-1)!.name;
  const { attributes, matrix, labels: truth } = labelledMatrix({ ...table, columns }, label, bins, name);
  const labels = labelsOf(truth);
  const folds = stratifiedFolds(labels, 10, randomStream(1, 'parity'));
  const numeric = table.columns.filter(({ kind }) => kind === 'numeric').length;
  const arff = arffOf(name, { ...table, columns }, labels);
  return { name, arff, matrix, attributes: attributes ?? matrix, labels, folds, binned: numeric };
}

function arffOf(name: string, { columns }: Table, labels: Labels): string {
  const text = [...arffLines(name, columns as (TableColumn & { values: (string | null)[] })[])].join('');
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

/** Weka's examples, found in `folder`, a matrix of a run of the quickstart and one of made-up machines. */
export async function paritySets(folder: string): Promise<ParitySet[]> {
  const read = async (name: string, from: string) =>
    paritySet(name, await readFile(join(from, `${name}.arff`), 'utf8'));
  const weka = await Promise.all(examples.map((name) => read(name, folder)));
  const own = await read('quickstart', join(packageRoot, 'bench/learners/data'));
  return [...weka, own, paritySet('mechanistic', madeUp())];
}

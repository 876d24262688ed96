import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { NO_RESPONSE, PARTIAL } from '../../../src/dataset/summary.js';
import type { Synthetic } from './synthetic.js';

export interface Answer {
  readonly learner: string;
  /** Not given for a mean over seeds. */
  readonly row: number | undefined;
  /** The class, or the mean accuracy in percent. */
  readonly label: string;
  readonly confidence: number;
}

/** The unmerged table as Weka reads it: values in order of first occurrence, classes sorted. */
export function toArff({ fields, labels, summaries }: Synthetic, only?: ReadonlySet<number>): string {
  const width = fields.length * (summaries[0]?.probes ?? 0);
  const columns = Array.from({ length: width }, (_, column) => column).filter(
    (column) => only?.has(column) ?? true,
  );
  const text = (value: number) => (value === PARTIAL ? '?' : value === NO_RESPONSE ? 'silent' : `v${value}`);
  const head = columns.map((column) => {
    const values = new Set(
      summaries.map(({ values }) => text(values[column]!)).filter((value) => value !== '?'),
    );
    return `@attribute c${column} {${[...values].join(',')}}`;
  });
  const classes = [...new Set(labels)].sort();
  const rows = summaries.map(({ values }, row) =>
    [...columns.map((column) => text(values[column]!)), labels[row]!].join(','),
  );
  return [
    '@relation synthetic',
    ...head,
    `@attribute class {${classes.join(',')}}`,
    '@data',
    ...rows,
    '',
  ].join('\n');
}

/** Runs Weka 3.6 (`jar`) on the same folds; needs a JDK. */
export function askWeka(jar: string, arff: string, folds: Int32Array): Answer[] {
  return ask('java', ['-Xmx6g', '-cp', jar, besides('../../../bench/learners/Parity.java')], arff, folds);
}

/** Runs scikit-learn on the same folds; `python` is an interpreter that has it. */
export function askSklearn(python: string, arff: string, folds: Int32Array): Answer[] {
  return ask(python, [besides('parity.py')], arff, folds);
}

const besides = (name: string) => fileURLToPath(new URL(name, import.meta.url));

function ask(program: string, args: readonly string[], arff: string, folds: Int32Array): Answer[] {
  const folder = mkdtempSync(join(tmpdir(), 'stackbed-parity-'));
  try {
    writeFileSync(join(folder, 'data.arff'), arff);
    writeFileSync(join(folder, 'folds.txt'), [...folds, ''].join('\n'));
    const files = [join(folder, 'data.arff'), join(folder, 'folds.txt')];
    const output = execFileSync(program, [...args, ...files], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
      maxBuffer: 1 << 26,
    });
    return parseAnswers(output);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

export function parseAnswers(text: string): Answer[] {
  return text
    .trim()
    .split('\n')
    .filter((line) => !line.startsWith('#'))
    .map((line) => line.split(','))
    .map(([learner, row, label, confidence]) => ({
      learner: learner!,
      row: row === 'mean' ? undefined : Number(row),
      label: label!,
      confidence: Number(confidence),
    }));
}

import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { packageRoot } from '../../src/package-root.js';
import type { ParitySet } from './parity-sets.js';
import { scikitPython } from './scikit.js';
import { unpackWeka, type Weka } from './weka.js';

export interface Peers {
  readonly weka: Weka;
  /** Where `Parity.java` is compiled. */
  readonly classes: string;
  readonly python: string;
  readonly folder: string;
}

/**
 * Unpacks both peers into `folder`.
 *
 * @throws CapabilityError when they cannot be had
 */
export async function unpackPeers(folder: string): Promise<Peers> {
  const python = await scikitPython(join(folder, 'scikit'));
  const weka = await unpackWeka(join(folder, 'weka'));
  const classes = join(folder, 'classes');
  await mkdir(classes);
  const source = join(packageRoot, 'bench/learners/Parity.java');
  await execa(`${weka.java}c`, ['-nowarn', '-d', classes, '-cp', weka.jar, source]);
  return { weka, classes, python, folder };
}

/** Weka's answers as lines of learner, row or `mean`, class or accuracy, confidence; comments first. */
export async function askWeka(
  { classes, folder, weka }: Peers,
  { arff, folds, name }: ParitySet,
  learner: string,
): Promise<string[]> {
  const files = [join(folder, `${name}.arff`), join(folder, `${name}.folds`)] as const;
  await writeFile(files[0], arff);
  await writeFile(files[1], [...folds, ''].join('\n'));
  const options = ['-Xmx4g', '-XX:+UseSerialGC', '-cp', `${classes}:${weka.jar}`];
  const { stdout } = await execa(weka.java, [...options, 'Parity', ...files, learner]);
  return stdout.trim().split('\n');
}

/** scikit-learn's accuracy in percent on the same rows and folds, from the one-hot table. */
export async function askScikit(
  { folder, python }: Peers,
  { folds, labels, matrix, name }: ParitySet,
  learner: string,
): Promise<number> {
  const { codes, columns, rows } = matrix;
  const table = Uint8Array.from({ length: rows.length * columns }, (_, at) => {
    const [row, column] = [Math.floor(at / columns), at % columns];
    return codes[column * rows.length + row]! + 1;
  });
  const files = [join(folder, `${name}.codes`), join(folder, `${name}.labels`)] as const;
  await writeFile(files[0], table);
  await writeFile(files[1], [...folds].map((fold, row) => `${labels.codes[row]} ${fold}\n`).join(''));
  const { stdout } = await execa(python, [join(packageRoot, 'bench/learners/peer.py'), ...files, learner]);
  return 100 * Number(stdout.trim().split(/\s/)[1]);
}

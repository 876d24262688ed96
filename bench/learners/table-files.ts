import { open, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { stratifiedFolds } from '../../src/learn/folds.js';
import { labelsOf } from '../../src/learn/learner.js';
import { randomStream } from '../../src/random.js';
import { machines, synthesize } from './machines.js';

/** Files of a table for peers: its values, a byte each, a machine at a time; class and fold of each machine. */
export interface TableFiles {
  readonly codes: string;
  readonly labels: string;
}

/** Writes the unreduced table of made-up machines, with one machine of it in memory. */
export async function writeTable(folder: string, columns: number, seed: number): Promise<TableFiles> {
  const made = synthesize(columns, seed);
  const files = { codes: join(folder, `codes-${columns}`), labels: join(folder, `labels-${columns}`) };
  const file = await open(files.codes, 'w');
  const bytes = new Uint8Array(columns);
  try {
    for (let machine = 0; machine < machines; machine++) {
      const values = made.values(machine);
      // Values are -3 to 192, the positive ones multiples of 64.
      for (let column = 0; column < columns; column++) {
        const value = values[column]!;
        bytes[column] = value < 0 ? 3 - value : value / 64;
      }
      await file.write(bytes);
    }
  } finally {
    await file.close();
  }
  const labels = labelsOf(made.labels);
  const folds = stratifiedFolds(labels, 10, randomStream(seed, 'folds'));
  await writeFile(files.labels, [...folds].map((fold, row) => `${labels.codes[row]} ${fold}\n`).join(''));
  return files;
}

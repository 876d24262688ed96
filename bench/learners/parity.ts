import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { classifyFolds } from '../../src/learn/evaluate.js';
import { learners } from '../../src/learn/index.js';
import { packageRoot } from '../../src/package-root.js';
import { runPool } from '../../src/scenario/pool.js';
import { host, type Verdict } from '../figures.js';
import { bins, matrixFor, type ParitySet, paritySets } from './parity-sets.js';
import { parityText } from './parity-text.js';
import { scikitPython } from './scikit.js';
import { unpackWeka, type Weka } from './weka.js';

const exact = ['c45', 'svm', 'knn'] as const;
const drawn = ['ripper', 'random-forest'] as const;
const seeds = 20;
/** Least share of rows answered alike, and most points between means over seeds. */
const [leastAlike, mostApart] = [0.99, 2];

/** A row that the two sides answer differently. */
export interface Disagreement {
  readonly row: number;
  readonly ours: string;
  readonly weka: string;
  /** Our share for our class less that for Weka's: next to 0 in a tie. */
  readonly margin: number;
}

export interface Agreement {
  readonly set: string;
  readonly learner: string;
  readonly rows: number;
  /** Accuracy in percent; of learners that draw the mean over seeds. */
  readonly ours: number;
  readonly weka: number;
  readonly scikit: number | undefined;
  /** Share of rows with the same answer; undefined for learners that draw. */
  readonly alike: number | undefined;
  readonly disagreements: readonly Disagreement[];
  readonly holds: boolean;
}

interface Peers {
  readonly weka: Weka;
  readonly python: string;
  readonly folder: string;
}

/** Weka's answers as lines of learner, row or `mean`, class or accuracy, confidence. */
async function askWeka({ folder, weka }: Peers, { arff, folds }: ParitySet): Promise<string[]> {
  const files = [join(folder, 'data.arff'), join(folder, 'folds.txt')] as const;
  await writeFile(files[0], arff);
  await writeFile(files[1], [...folds, ''].join('\n'));
  const program = join(packageRoot, 'bench/learners/Parity.java');
  const { stdout } = await execa(weka.java, [
    '-Xmx4g',
    '-XX:+UseSerialGC',
    '-cp',
    weka.jar,
    program,
    ...files,
  ]);
  return stdout.trim().split('\n');
}

/** scikit-learn's accuracy in percent on the same rows and folds, from the one-hot table. */
async function askScikit({ folder, python }: Peers, set: ParitySet, learner: string): Promise<number> {
  const { codes, columns, rows } = set.matrix;
  const table = Uint8Array.from({ length: rows.length * columns }, (_, at) => {
    const [row, column] = [Math.floor(at / columns), at % columns];
    return codes[column * rows.length + row]! + 1;
  });
  const files = [join(folder, 'codes'), join(folder, 'labels')] as const;
  await writeFile(files[0], table);
  await writeFile(files[1], [...set.folds].map((fold, row) => `${set.labels.codes[row]} ${fold}\n`).join(''));
  const { stdout } = await execa(python, [join(packageRoot, 'bench/learners/peer.py'), ...files, learner]);
  return 100 * Number(stdout.trim().split(' ')[1]);
}

function compareExact(set: ParitySet, learner: (typeof exact)[number], lines: readonly string[]) {
  const { classes, codes } = set.labels;
  const theirs = new Map(
    lines
      .map((line) => line.split(','))
      .filter(([name]) => name === learner)
      .map(([, row, label]) => [Number(row), label!.replaceAll("'", '')]),
  );
  const disagreements: Disagreement[] = [];
  let [ours, weka] = [0, 0];
  for (const answer of classifyFolds(matrixFor(set, learner), set.labels, learners[learner], set.folds, 0)) {
    const { distribution, label, row } = answer;
    const other = theirs.get(row)!;
    const truth = classes[codes[row]!]!;
    if (label === truth) ours++;
    if (other === truth) weka++;
    if (label === other) continue;
    const share = (name: string) => distribution[classes.indexOf(name)]!;
    disagreements.push({ row, ours: label, weka: other, margin: share(label) - share(other) });
  }
  const rows = codes.length;
  const alike = 1 - disagreements.length / rows;
  const percent = { ours: (100 * ours) / rows, weka: (100 * weka) / rows };
  return { ...percent, alike, disagreements, holds: alike >= leastAlike };
}

function compareDrawn(set: ParitySet, learner: (typeof drawn)[number], lines: readonly string[]) {
  const { classes, codes } = set.labels;
  const weka = Number(lines.find((line) => line.startsWith(`${learner},mean,`))!.split(',')[2]);
  let right = 0;
  for (let seed = 0; seed < seeds; seed++)
    for (const { label, row } of classifyFolds(
      matrixFor(set, learner),
      set.labels,
      learners[learner],
      set.folds,
      seed,
    ))
      if (label === classes[codes[row]!]) right++;
  const ours = (100 * right) / seeds / codes.length;
  return { ours, weka, alike: undefined, disagreements: [], holds: Math.abs(ours - weka) <= mostApart };
}

async function agreements(set: ParitySet, lines: readonly string[], peers: Peers): Promise<Agreement[]> {
  const about = { set: set.name, rows: set.labels.codes.length };
  const found: Agreement[] = [];
  for (const learner of exact) {
    const scikit = await askScikit(peers, set, learner);
    found.push({ ...about, learner, scikit, ...compareExact(set, learner, lines) });
  }
  for (const learner of drawn) {
    const scikit = learner === 'ripper' ? undefined : await askScikit(peers, set, learner);
    found.push({ ...about, learner, scikit, ...compareDrawn(set, learner, lines) });
  }
  return found;
}

/**
 * Five learners beside Weka's and scikit-learn's on the same tables and folds, several tables at a time.
 *
 * @param names tables to compare on; default all
 * @param goldens folder into which tables and Weka's answers are written as well
 * @throws CapabilityError when the peers cannot be had
 * @throws InputError when there is no table of such a name
 */
export async function learnerParity(
  say: (text: string) => void,
  goldens?: string,
  names?: readonly string[],
): Promise<Verdict> {
  const folder = await mkdtemp(join(tmpdir(), 'stackbed-parity-'));
  try {
    say('unpacking scikit-learn and Weka');
    const python = await scikitPython(join(folder, 'scikit'));
    const weka = await unpackWeka(join(folder, 'weka'));
    const sets = await paritySets(join(weka.jar, '../../doc/weka/examples'), names);
    const bySet = new Map<string, Agreement[]>();
    await runPool(sets, availableParallelism(), async (set) => {
      const peers = { weka, python, folder: await mkdtemp(join(folder, 'set-')) };
      say(`${set.name}: asking Weka`);
      const lines = await askWeka(peers, set);
      if (goldens !== undefined) await writeGolden(goldens, set, lines);
      const own = await agreements(set, lines, peers);
      bySet.set(set.name, own);
      say(parityText([set], own));
    });
    const found = sets.flatMap(({ name }) => bySet.get(name)!);
    return {
      bench: 'learners --parity',
      at: new Date().toISOString(),
      host: host({ bins, seeds }),
      rows: found,
      text: parityText(sets, found),
      holds: found.every(({ holds }) => holds),
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function writeGolden(folder: string, { arff, name }: ParitySet, lines: string[]): Promise<void> {
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, `${name}.arff`), arff);
  await writeFile(join(folder, `${name}.weka.csv`), `${lines.map(shortened).join('\n')}\n`);
}

/** Weka's 17 digits of confidence are more than is compared. */
function shortened(line: string): string {
  const [learner, row, answer, confidence] = line.split(',');
  return confidence ? `${learner},${row},${answer},${Number(Number(confidence).toFixed(9))}` : line;
}

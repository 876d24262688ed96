import { mkdir, writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { classifyFolds } from '../../src/learn/evaluate.js';
import { learners } from '../../src/learn/index.js';
import { runPool } from '../../src/scenario/pool.js';
import { Cells } from '../cells.js';
import { host, type Verdict } from '../figures.js';
import { scratchFolder } from '../scratch.js';
import { askScikit, askWeka, type Peers, unpackPeers } from './parity-peers.js';
import { bins, matrixFor, type ParitySet, paritySets } from './parity-sets.js';
import { agreementText, parityText } from './parity-text.js';

const exact = ['c45', 'svm', 'knn', 'naive-bayes'] as const;
const drawn = ['ripper', 'random-forest'] as const;
type LearnerName = (typeof exact)[number] | (typeof drawn)[number];
/** What scikit-learn has for categories. */
const ofScikit: ReadonlySet<string> = new Set(['c45', 'svm', 'knn', 'random-forest']);
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
  /** Accuracy in percent; null where it has no such learner. Of a forest, of one seed. */
  readonly scikit: number | null;
  /** Share of rows with the same answer; null for learners that draw. */
  readonly alike: number | null;
  readonly disagreements: readonly Disagreement[];
  readonly holds: boolean;
}

/** An agreement and the lines of Weka that it is from. */
interface Asked {
  readonly agreement: Agreement;
  readonly lines: readonly string[];
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
  const matrix = matrixFor(set, learner);
  let right = 0;
  for (let seed = 0; seed < seeds; seed++)
    for (const { label, row } of classifyFolds(matrix, set.labels, learners[learner], set.folds, seed))
      if (label === classes[codes[row]!]) right++;
  const ours = (100 * right) / seeds / codes.length;
  return { ours, weka, alike: null, disagreements: [], holds: Math.abs(ours - weka) <= mostApart };
}

async function ask(peers: Peers, set: ParitySet, learner: LearnerName): Promise<Asked> {
  const lines = await askWeka(peers, set, learner);
  const scikit = ofScikit.has(learner) ? await askScikit(peers, set, learner) : null;
  const isDrawn = learner === 'ripper' || learner === 'random-forest';
  const compared = isDrawn ? compareDrawn(set, learner, lines) : compareExact(set, learner, lines);
  const about = { set: set.name, learner, rows: set.labels.codes.length };
  return { agreement: { ...about, scikit, ...compared }, lines };
}

export interface ParityOptions {
  /** Folder into which tables and Weka's answers are written as well. */
  readonly goldens?: string | undefined;
  /** Tables to compare on; default all. */
  readonly tables?: readonly string[] | undefined;
  /** File in which agreements are kept while there are more to come. */
  readonly partial?: string | undefined;
}

/**
 * Learners beside Weka's and scikit-learn's on the same tables and folds, as many tables at a time as there are processors.
 *
 * @throws CapabilityError when the peers cannot be had
 * @throws InputError when there is no table of such a name, or `partial` is of another benchmark
 */
export async function learnerParity(
  say: (text: string) => void,
  { goldens, partial, tables }: ParityOptions = {},
): Promise<Verdict> {
  const here = host({ bins, seeds });
  const cells = await Cells.open<Asked>(partial, { bench: 'learners --parity', host: here });
  if (cells.size > 0) say(`${partial} has ${cells.size} comparisons, which are not made again`);
  using folder = await scratchFolder('parity');
  say('unpacking scikit-learn and Weka');
  const peers = await unpackPeers(folder.path);
  const sets = await paritySets(join(peers.weka.jar, '../../doc/weka/examples'), tables);
  const bySet = new Map<string, Asked[]>();
  await runPool(sets, availableParallelism(), async (set) => {
    const asked: Asked[] = [];
    for (const learner of [...exact, ...drawn]) {
      const found = await cells.of(`${set.name} ${learner}`, () => ask(peers, set, learner));
      asked.push(found);
      say(agreementText(found.agreement));
    }
    bySet.set(set.name, asked);
    if (goldens !== undefined) await writeGolden(goldens, set, asked);
  });
  const found = sets.flatMap(({ name }) => bySet.get(name)!.map(({ agreement }) => agreement));
  return {
    bench: 'learners --parity',
    at: new Date().toISOString(),
    host: here,
    rows: found,
    text: parityText(sets, found),
    holds: found.every(({ holds }) => holds),
  };
}

async function writeGolden(
  folder: string,
  { arff, name }: ParitySet,
  asked: readonly Asked[],
): Promise<void> {
  const all = asked.flatMap(({ lines }) => lines);
  const comments = new Set(all.filter((line) => line.startsWith('#')));
  const answers = all.filter((line) => !line.startsWith('#')).map(shortened);
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, `${name}.arff`), arff);
  await writeFile(join(folder, `${name}.weka.csv`), `${[...comments, ...answers].join('\n')}\n`);
}

/** Weka's 17 digits of confidence are more than is compared. */
function shortened(line: string): string {
  const [learner, row, answer, confidence] = line.split(',');
  return confidence ? `${learner},${row},${answer},${Number(Number(confidence).toFixed(9))}` : line;
}

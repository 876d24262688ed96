import { readFileSync } from 'node:fs';
import { mkdtemp, open, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { formatError, StackbedError } from '../src/errors.js';
import { stratifiedFolds } from '../src/learn/folds.js';
import { labelsOf } from '../src/learn/learner.js';
import { packageRoot } from '../src/package-root.js';
import { randomStream } from '../src/random.js';
import { type Figure, figure, host, type Peer, type Report } from './figures.js';
import { machines, synthesize } from './learners/machines.js';
import { scikitPython } from './learners/scikit.js';
import { unpackWeka, type Weka } from './learners/weka.js';

/** What a process said: seconds and, of a learner, the share of right answers; of the reduction, its columns. */
interface Run {
  readonly seconds: number;
  readonly second: number;
  readonly peakMb: number;
}

/** Why there is no figure; for a run that was stopped, processor seconds since it said `begun at …`. */
interface Missing {
  readonly missing: string;
  readonly atLeast?: number;
}

/** Seconds that a peer's learner gets, unless told otherwise. */
const usualLimit = 600;
/** The learners that are timed. */
export const timedLearners = ['c45', 'ripper', 'random-forest', 'svm', 'knn'] as const;
type LearnerName = (typeof timedLearners)[number];
const ofMljs: ReadonlySet<string> = new Set(['random-forest', 'svm', 'knn']);
const ours = fileURLToPath(new URL('learners/ours.js', import.meta.url));

/** Processor seconds of a process that runs: fields 14 and 15 of proc(5), in hundredths. */
function processorSeconds(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!.split(' ');
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

async function measure(program: string, args: readonly string[], limit: number): Promise<Run | Missing> {
  const child = execa(program, args, { reject: false });
  let said = '';
  child.stderr.on('data', (text) => {
    said += text;
  });
  let stopped: Missing | undefined;
  const timer = setTimeout(() => {
    const [, begun] = /^begun at ([\d.]+)$/m.exec(said) ?? [];
    const atLeast = begun === undefined ? undefined : processorSeconds(child.pid!) - Number(begun);
    stopped = { missing: `more than ${limit} s`, ...(atLeast !== undefined && { atLeast }) };
    child.kill('SIGKILL');
  }, limit * 1000);
  const { exitCode, failed, stderr, stdout } = await child;
  clearTimeout(timer);
  if (stopped) return stopped;
  if (failed) {
    const words = stderr.trim().split('\n').at(-1);
    return { missing: words || `exit code ${exitCode ?? 'unknown'}` };
  }
  const [seconds, second, peakMb] = stdout.trim().split(' ').map(Number);
  return { seconds: seconds!, second: second!, peakMb: peakMb! };
}

/** Writes the unreduced table, a byte a value, and class and fold of each machine, for peers. */
async function writeTable(folder: string, columns: number, seed: number): Promise<string[]> {
  const made = synthesize(columns, seed);
  const files = [join(folder, 'codes'), join(folder, 'labels')];
  const file = await open(files[0]!, 'w');
  try {
    // Values are -3 to 192, the positive ones multiples of 64.
    for (let machine = 0; machine < machines; machine++)
      await file.write(
        Uint8Array.from(made.values(machine), (value) => (value < 0 ? 3 - value : value / 64)),
      );
  } finally {
    await file.close();
  }
  const labels = labelsOf(made.labels);
  const folds = stratifiedFolds(labels, 10, randomStream(seed, 'folds'));
  await writeFile(files[1]!, [...folds].map((fold, row) => `${labels.codes[row]} ${fold}\n`).join(''));
  return files;
}

/** Peers by what starts them, or why they cannot be had. */
interface Programs {
  readonly python: string | { missing: string };
  readonly java: Weka | { missing: string };
}

interface Setting {
  readonly folder: string;
  readonly learners: readonly LearnerName[];
  /** Seconds. */
  readonly limit: number;
  readonly say: (text: string) => void;
}

const javaOptions = ['-Xmx16g', '-XX:+UseSerialGC'];

async function orMissing<T>(found: Promise<T>): Promise<T | { missing: string }> {
  try {
    return await found;
  } catch (error) {
    if (!(error instanceof StackbedError)) throw error;
    return { missing: formatError(error) };
  }
}

async function figuresOf(
  columns: number,
  seed: number,
  { java, python }: Programs,
  { folder, learners, limit, say }: Setting,
): Promise<Figure[]> {
  const own = (name: string) => measure(process.execPath, [ours, String(columns), String(seed), name], limit);
  const table = await writeTable(folder, columns, seed);
  const about = (what: string, unit: string, goal: number) =>
    ({ name: `${columns} columns, ${what}`, unit, better: 'less', goal, aside: ['mljs'] }) as const;
  const figures: Figure[] = [];
  for (const [name, of] of [
    ['reduction', 'rows'],
    ['reduction-by-value', 'values'],
  ] as const) {
    const reduction = await own(name);
    if ('missing' in reduction) throw new Error(`the reduction failed: ${reduction.missing}`);
    figures.push(
      figure(about(`reduction of ${of} to ${reduction.second}`, 'CPU s', 1), reduction.seconds, {}),
      figure(about(`reduction of ${of}, peak`, 'MB', 1), reduction.peakMb, {}),
    );
  }
  for (const name of learners) {
    say(`${columns} columns: ${name}`);
    const mine = await own(name);
    if ('missing' in mine) throw new Error(`${name} failed: ${mine.missing}`);
    const script = join(packageRoot, 'bench/learners/peer.py');
    const scikit =
      typeof python !== 'string'
        ? python
        : name === 'ripper'
          ? { missing: 'it has no RIPPER' }
          : await measure(python, [script, ...table, name], limit);
    const peer = join(packageRoot, 'bench/learners/WekaPeer.java');
    const weka =
      'missing' in java
        ? java
        : await measure(java.java, [...javaOptions, '-cp', java.jar, peer, ...table, name], limit);
    const mljs = ofMljs.has(name) ? await own(`mljs-${name}`) : { missing: 'it has no C4.5 and no RIPPER' };
    const peers = (of: (run: Run) => number, isTime = false) => {
      const told = (run: Run | Missing): Peer => {
        if (!('missing' in run)) return of(run);
        return isTime ? run : { missing: run.missing };
      };
      return { weka: told(weka), 'scikit-learn': told(scikit), mljs: told(mljs) };
    };
    const goal = columns >= 100_000 ? 10 : 1;
    figures.push(
      figure(
        about(`${name}, 10 folds`, 'CPU s', goal),
        mine.seconds,
        peers((run) => run.seconds, true),
      ),
      figure(
        about(`${name}, peak`, 'MB', 0),
        mine.peakMb,
        peers((run) => run.peakMb),
      ),
      figure(
        { ...about(`${name}, right`, 'share', 0), better: 'more' },
        mine.second,
        peers((run) => run.second),
      ),
    );
  }
  return figures;
}

/** Ten folds of each learner on made-up machines, ours and others', at several numbers of columns. */
export async function learnerSpeed(
  say: (text: string) => void,
  seed = 1,
  columns: readonly number[] = [1000, 10_000, 100_000, 1_950_000],
  limit = usualLimit,
  learners: readonly LearnerName[] = timedLearners,
): Promise<Report> {
  const folder = await mkdtemp(join(tmpdir(), 'stackbed-learners-'));
  try {
    say('unpacking scikit-learn and Weka');
    const python = await orMissing(scikitPython(join(folder, 'scikit')));
    const java = await orMissing(unpackWeka(join(folder, 'weka')));
    const figures: Figure[] = [];
    for (const each of columns)
      figures.push(...(await figuresOf(each, seed, { java, python }, { folder, learners, limit, say })));
    const notes = {
      'scikit-learn': 'its c45 is CART by entropy; times are without start and reading',
      mljs: 'is given our reduced matrix, and is not in the ratio',
      weka: '3.6.14; times are without start and reading, compiling to machine code and collecting garbage with them',
    };
    return { bench: 'learners', at: new Date().toISOString(), host: host({ machines }), figures, notes };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CapabilityError, formatError, StackbedError } from '../src/errors.js';
import { packageRoot } from '../src/package-root.js';
import { Cells } from './cells.js';
import { type Figure, figure, host, type Peer, type Report } from './figures.js';
import { machines } from './learners/machines.js';
import { type Missing, measure, type Run } from './learners/measure.js';
import { scikitPython } from './learners/scikit.js';
import { type TableFiles, writeTable } from './learners/table-files.js';
import { unpackWeka, type Weka } from './learners/weka.js';
import { scratchFolder } from './scratch.js';

/** Processor seconds that a peer's learner gets, unless told otherwise. */
const usualLimit = 600;
/** The learners that are timed. */
export const timedLearners = ['c45', 'ripper', 'random-forest', 'svm', 'knn'] as const;
type LearnerName = (typeof timedLearners)[number];
const ofMljs: ReadonlySet<string> = new Set(['random-forest', 'svm', 'knn']);
const peerNames = ['weka', 'scikit-learn', 'mljs'] as const;
type PeerName = (typeof peerNames)[number];
const ours = fileURLToPath(new URL('learners/ours.js', import.meta.url));
const javaOptions = ['-Xmx16g', '-XX:+UseSerialGC'];
/** What the reduction of as many columns as the paper has may take. */
const paper = { columns: 1_950_000, seconds: 10, mb: 500 };

export interface SpeedOptions {
  readonly seed?: number | undefined;
  /** Multiples of ten. */
  readonly columns?: readonly number[] | undefined;
  /** Processor seconds for each learner of a peer. */
  readonly limit?: number | undefined;
  readonly learners?: readonly LearnerName[] | undefined;
  /** File in which figures are kept while there are more to come. */
  readonly partial?: string | undefined;
}

/** Peers by what starts them, or why they cannot be had. */
interface Programs {
  readonly python: string | { missing: string };
  readonly java: Weka | { missing: string };
}

async function orMissing<T>(found: Promise<T>): Promise<T | { missing: string }> {
  try {
    return await found;
  } catch (error) {
    if (!(error instanceof StackbedError)) throw error;
    return { missing: formatError(error) };
  }
}

function told(found: Run | Missing): string {
  if ('missing' in found) return found.missing;
  const { peakMb, second, seconds, train } = found;
  const trained = train === null ? '' : `, one training ${train.toPrecision(3)}`;
  return `${seconds.toPrecision(3)} CPU s${trained}, peak ${peakMb.toFixed(0)} MB, ${second <= 1 ? `${(100 * second).toFixed(1)} % right` : `${second} columns`}`;
}

/** Measures by size, learner and side. A peer's learner that had no figure is not asked about a larger table. */
class Measurements {
  private readonly gaveUp = new Map<string, string>();

  constructor(
    private readonly programs: Programs,
    private readonly cells: Cells<Run | Missing>,
    private readonly limit: number,
    private readonly seed: number,
    private readonly say: (text: string) => void,
  ) {}

  /** @throws CapabilityError when it ends without a figure */
  async own(columns: number, name: string): Promise<Run> {
    const found = await this.cell(columns, name, 'ours', () =>
      this.startOurs(columns, name, Math.max(usualLimit, this.limit)),
    );
    if ('missing' in found)
      throw new CapabilityError(`our ${name} has no figure at ${columns} columns: ${found.missing}`);
    return found;
  }

  async peer(
    columns: number,
    name: LearnerName,
    peer: PeerName,
    table: () => Promise<TableFiles>,
  ): Promise<Run | Missing> {
    const which = `${peer} ${name}`;
    const unavailable = this.unavailable(name, peer);
    if (unavailable) return unavailable;
    const reason = this.gaveUp.get(which);
    if (reason !== undefined) return { missing: `not asked: ${reason}` };
    const found = await this.cell(columns, name, peer, () => this.startPeer(columns, name, peer, table));
    if ('missing' in found) this.gaveUp.set(which, `${name} at ${columns} columns: ${found.missing}`);
    return found;
  }

  private unavailable(name: LearnerName, peer: PeerName): Missing | undefined {
    const { java, python } = this.programs;
    if (peer === 'mljs') return ofMljs.has(name) ? undefined : { missing: 'it has no C4.5 and no RIPPER' };
    if (peer === 'weka') return 'missing' in java ? java : undefined;
    if (typeof python !== 'string') return python;
    return name === 'ripper' ? { missing: 'it has no RIPPER' } : undefined;
  }

  private async cell(
    columns: number,
    name: string,
    side: string,
    run: () => Promise<Run | Missing>,
  ): Promise<Run | Missing> {
    const found = await this.cells.of(`${columns} ${name} ${side}`, run);
    this.say(`${columns} columns, ${name}, ${side}: ${told(found)}`);
    return found;
  }

  private startOurs(columns: number, name: string, limit: number) {
    return measure(process.execPath, [ours, String(columns), String(this.seed), name], limit);
  }

  private async startPeer(
    columns: number,
    name: LearnerName,
    peer: PeerName,
    table: () => Promise<TableFiles>,
  ): Promise<Run | Missing> {
    if (peer === 'mljs') return this.startOurs(columns, `mljs-${name}`, this.limit);
    const { codes, labels } = await table();
    if (peer === 'scikit-learn') {
      const script = join(packageRoot, 'bench/learners/peer.py');
      return measure(this.programs.python as string, [script, codes, labels, name], this.limit);
    }
    const java = this.programs.java as Weka;
    const program = join(packageRoot, 'bench/learners/WekaPeer.java');
    return measure(java.java, [...javaOptions, '-cp', java.jar, program, codes, labels, name], this.limit);
  }
}

async function figuresOf(
  columns: number,
  learners: readonly LearnerName[],
  measurements: Measurements,
  table: () => Promise<TableFiles>,
): Promise<Figure[]> {
  const about = (what: string, unit: string, goal: number) =>
    ({ name: `${columns} columns, ${what}`, unit, better: 'less', goal, aside: ['mljs'] }) as const;
  const figures: Figure[] = [];
  for (const [name, of] of [
    ['reduction', 'rows'],
    ['reduction-by-value', 'values'],
  ] as const) {
    const { peakMb, second, seconds } = await measurements.own(columns, name);
    const wanted = (most: number): Record<string, number> =>
      columns === paper.columns && name === 'reduction' ? { wanted: most } : {};
    figures.push(
      figure(about(`reduction of ${of} to ${second}`, 'CPU s', 1), seconds, wanted(paper.seconds)),
      figure(about(`reduction of ${of}, peak`, 'MB', 1), peakMb, wanted(paper.mb)),
    );
  }
  for (const name of learners) {
    const mine = await measurements.own(columns, name);
    const found: (readonly [PeerName, Run | Missing])[] = [];
    for (const peer of peerNames)
      found.push([peer, await measurements.peer(columns, name, peer, table)] as const);
    const peers = (of: (run: Run) => number | null, isTime = false) =>
      Object.fromEntries(
        found.map(([peer, run]): [string, Peer] => {
          if ('missing' in run) return [peer, isTime ? run : { missing: run.missing }];
          return [peer, of(run) ?? { missing: `no time was left to train ${name} once more` }];
        }),
      );
    const goal = columns >= 100_000 ? 10 : 1;
    figures.push(
      figure(
        about(`${name}, 10 folds`, 'CPU s', goal),
        mine.seconds,
        peers(({ seconds }) => seconds, true),
      ),
      figure(
        about(`${name}, one training`, 'CPU s', 0),
        mine.train!,
        peers(({ train }) => train),
      ),
      figure(
        about(`${name}, peak`, 'MB', 0),
        mine.peakMb,
        peers(({ peakMb }) => peakMb),
      ),
      figure(
        { ...about(`${name}, right`, 'share', 0), better: 'more' },
        mine.second,
        peers(({ second }) => second),
      ),
    );
  }
  return figures;
}

const notes = {
  'scikit-learn': 'its c45 is CART by entropy; times are without start, reading and making the one-hot table',
  mljs: 'is given our reduced matrix, and is not in the ratio',
  weka: '3.6.14; times are without start and reading, compiling to machine code and collecting garbage with them',
  'all peers': 'a learner that had no figure at one size is not asked at larger ones',
};

/**
 * Ten folds of each learner on made-up machines, ours and others', at several numbers of columns, the fewest first.
 *
 * @throws InputError when `partial` is of another benchmark
 * @throws CapabilityError when one of ours has no figure
 */
export async function learnerSpeed(
  say: (text: string) => void,
  {
    seed = 1,
    columns = [1000, 10_000, 100_000, paper.columns],
    limit = usualLimit,
    learners = timedLearners,
    partial,
  }: SpeedOptions = {},
): Promise<Report> {
  const here = host({ machines });
  const cells = await Cells.open<Run | Missing>(partial, { bench: 'learners', seed, limit, host: here });
  if (cells.size > 0) say(`${partial} has ${cells.size} measurements, which are not made again`);
  using folder = await scratchFolder('learners');
  say('unpacking scikit-learn and Weka');
  const python = await orMissing(scikitPython(join(folder.path, 'scikit')));
  const java = await orMissing(unpackWeka(join(folder.path, 'weka')));
  const measurements = new Measurements({ java, python }, cells, limit, seed, say);
  const figures: Figure[] = [];
  for (const each of [...new Set(columns)].sort((one, other) => one - other)) {
    let written: Promise<TableFiles> | undefined;
    const table = () => {
      written ??= writeTable(folder.path, each, seed);
      return written;
    };
    figures.push(...(await figuresOf(each, learners, measurements, table)));
    if (written) for (const file of Object.values(await written)) await rm(file);
  }
  return { bench: 'learners', at: new Date().toISOString(), host: here, figures, notes };
}

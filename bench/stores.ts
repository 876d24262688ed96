import { fileURLToPath } from 'node:url';
import { execaNode } from 'execa';
import { RunFolder } from '../src/scenario/run-folder.js';
import { Lease } from '../testbed/lease/lease.js';
import { figure, host, type Peer, type Report } from './figures.js';
import type { Done } from './stores/one-measure.js';
import { filesOf, type StoredRun, sizesOf, withCaptures } from './stores/stored-run.js';
import { syntheticRun } from './stores/synthetic-run.js';

export interface StoresOptions {
  /** Folder of a recorded run; default: one is made up. */
  readonly run?: string | undefined;
  /** Of the run that is made up. */
  readonly machines?: number | undefined;
  readonly probes?: number | undefined;
  readonly seed?: number | undefined;
}

interface Taken extends Done {
  readonly cpuS: number;
  readonly wallS: number;
  readonly peakMib: number;
}

/** Machines whose raw answers are read. */
const captured = 4;
/** Most memory that reading a summary should need, MiB. */
const memoryWanted = 500;

/**
 * What reading takes, each side in a process of its own: the summary into the matrix, beside DuckDB, which counts over the
 * same file the columns that split machines, and beside hyparquet's rows; raw answers into a summary, beside the same frames as
 * pcapng with gzip. Both sides of a pair must find the same.
 */
export async function stores(say: (text: string) => void, options: StoresOptions = {}): Promise<Report> {
  await using lease = await Lease.acquire();
  const { machines = 8, probes = 50_000, seed = 1 } = options;
  const files = options.run
    ? await filesOf(RunFolder.open(options.run))
    : await syntheticRun(lease.folder, { machines, probes, seed });
  const run = await withCaptures(files, lease.folder, captured);
  const taken = async (name: string) => {
    const found = await measure(name, run);
    const { count, cpuS, peakMib, wallS } = found;
    const rate = `${Math.round(count / cpuS)} a CPU second`;
    say(
      `${name}: ${count} in ${cpuS.toFixed(1)} CPU s (${wallS.toFixed(1)} s), ${rate}, peak ${peakMib.toFixed(0)} MiB`,
    );
    return found;
  };
  const [matrix, duckdb, rows] = [await taken('matrix'), await taken('duckdb'), await taken('hyparquet')];
  const [responses, pcapng] = [await taken('responses'), await taken('pcapng')];
  agree(matrix, duckdb);
  agree(responses, pcapng);
  const sizes = sizesOf(run);
  const rate = ({ count, cpuS }: Taken): number => count / cpuS;
  const more = (name: string, unit: string, goal: number) => ({ name, unit, better: 'more' as const, goal });
  const less = (name: string, unit: string, goal: number) => ({ name, unit, better: 'less' as const, goal });
  const one = (name: string, value: number): Record<string, Peer> => ({ [name]: value });
  return {
    bench: 'stores',
    at: new Date().toISOString(),
    host: host({ rows: matrix.count, packets: run.packets }),
    notes: {
      DuckDB: 'counts the columns that split machines, and does not ask which of them split alike',
      hyparquet: 'decodes the first 100,000 rows and does nothing with them',
      wanted: 'most that it should be',
    },
    figures: [
      figure(more('summary to matrix', 'rows/CPU s', 1), rate(matrix), one('hyparquet', rate(rows))),
      figure(more('summary to matrix', 'rows/CPU s', 0.5), rate(matrix), one('DuckDB', rate(duckdb))),
      figure(less('summary to matrix, peak', 'MiB', 1), matrix.peakMib, one('wanted', memoryWanted)),
      figure(less('summary to matrix, peak', 'MiB', 0.5), matrix.peakMib, one('DuckDB', duckdb.peakMib)),
      figure(more('raw to summary', 'packets/CPU s', 1), rate(responses), one('pcapng.gz', rate(pcapng))),
      figure(
        less('raw on disk', 'B/packet', 1),
        sizes.ours / run.packets,
        one('pcapng.gz', sizes.captures / run.packets),
      ),
      figure(less('raw on disk', 'B/packet', 1), sizes.ours / run.packets, one('wanted', 16)),
    ],
  };
}

async function measure(name: string, run: StoredRun): Promise<Taken> {
  const program = fileURLToPath(new URL('./stores/one-measure.js', import.meta.url));
  const { stdout } = await execaNode(program, [name, JSON.stringify(run)], {
    stdin: 'ignore',
    nodeOptions: [],
  });
  return JSON.parse(stdout) as Taken;
}

function agree(ours: Done, theirs: Done): void {
  if (ours.outcome !== theirs.outcome)
    throw new Error(`both sides read the same and found ${ours.outcome} and ${theirs.outcome}`);
}

import { rm } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { writeFileAtomic } from '../src/atomic-file.js';
import { exitCode, formatError, InputError, StackbedError } from '../src/errors.js';
import { boots } from './boot.js';
import { bridge } from './bridge.js';
import { collectSpeed } from './collect.js';
import { comparisonTable } from './equivalence/compare.js';
import { type Report, table, type Verdict } from './figures.js';
import { type GrowthSizes, growth } from './growth.js';
import { learnerGrowth } from './learners/growth.js';
import { learnerParity } from './learners/parity.js';
import { learnerSpeed, timedLearners } from './learners.js';
import { type Equivalence, netemEquivalence } from './netem-equivalence.js';
import { agreementText, agrees } from './nmap/agreement.js';
import { type Agreement, nmapAgreement } from './nmap.js';
import { nmapMatch } from './nmap-match.js';
import { stores } from './stores.js';
import { wire } from './wire.js';

interface Options {
  readonly seed: number;
  readonly sizes: GrowthSizes & { readonly prints?: number[] | undefined };
  readonly columns?: number[];
  readonly limit?: number;
  readonly goldens?: string;
  readonly run?: string;
  readonly learners?: (typeof timedLearners)[number][];
  readonly tables?: string[];
  /** File that a long benchmark keeps its figures in until it ends. */
  readonly partial?: string;
}

/** Benchmarks by name. */
const benches: Readonly<
  Record<
    string,
    (say: (text: string) => void, options: Options) => Promise<Report | Equivalence | Agreement | Verdict>
  >
> = {
  boot: boots,
  bridge,
  collect: (say, { sizes }) => collectSpeed(say, sizes.machines),
  growth: (say, { sizes }) => growth(say, sizes),
  learners: learnerSpeed,
  'learners --growth': (say, { seed }) => learnerGrowth(say, seed),
  'learners --parity': learnerParity,
  'netem-equivalence': (say, { seed }) => netemEquivalence(say, seed),
  nmap: (say, { seed }) => nmapAgreement(say, seed),
  'nmap-match': (say, { seed, sizes }) => nmapMatch(say, { seed, prints: sizes.prints?.[0] }),
  stores: (say, { run, seed, sizes }) =>
    stores(say, { run, machines: sizes.machines?.[0], probes: sizes.probes?.[0], seed }),
  wire,
};

const usage = `usage: npm run bench -- NAME [--json FILE] [--seed N] [--columns N …] [--limit S] [--learner L …] [--probes N …] [--machines N …] [--prints N] [--goldens FOLDER] [--run FOLDER] [--table NAME …]; names: ${Object.keys(benches).join(', ')}`;

/** Sizes of an option; none when it is not given. */
function sizesOf(name: string, given: readonly string[] | undefined, most: number): number[] | undefined {
  const sizes = given?.map(Number);
  const odd = sizes?.find((size) => !(Number.isInteger(size) && size >= 1 && size <= most));
  if (odd !== undefined)
    throw new InputError(`--${name} is ${odd}; it must be a whole number from 1 to ${most}`);
  return sizes;
}

function read(): { name: string; json: string | undefined; options: Options } {
  try {
    const { positionals, values } = parseArgs({
      allowPositionals: true,
      options: {
        columns: { type: 'string', multiple: true },
        goldens: { type: 'string' },
        growth: { type: 'boolean' },
        parity: { type: 'boolean' },
        prints: { type: 'string', multiple: true },
        json: { type: 'string' },
        learner: { type: 'string', multiple: true },
        limit: { type: 'string' },
        machines: { type: 'string', multiple: true },
        probes: { type: 'string', multiple: true },
        run: { type: 'string' },
        seed: { type: 'string', default: '1' },
        table: { type: 'string', multiple: true },
      },
    });
    const seed = Number(values.seed);
    if (!Number.isSafeInteger(seed) || seed < 0 || seed > 1e6)
      throw new InputError(`the seed is ${values.seed}; it must be a whole number from 0 to 1000000`);
    const columns = values.columns?.map(Number);
    const odd = columns?.find((each) => !(each >= 100 && each <= 1e7 && each % 10 === 0));
    if (odd !== undefined)
      throw new InputError(`there are no ${odd} columns: it must be a multiple of 10 from 100 to 10000000`);
    const limit = values.limit === undefined ? undefined : Number(values.limit);
    if (limit !== undefined && !(Number.isInteger(limit) && limit >= 1 && limit <= 86_400))
      throw new InputError(
        `the limit is ${values.limit}; it must be a whole number of seconds from 1 to 86400`,
      );
    const sizes = {
      probes: sizesOf('probes', values.probes, 1_000_000),
      machines: sizesOf('machines', values.machines, 256),
      prints: sizesOf('prints', values.prints, 1000),
    };
    const learners = values.learner?.map((each) => {
      const known = timedLearners.find((one) => one === each);
      if (!known)
        throw new InputError(`no learner "${each}" is timed; there are: ${timedLearners.join(', ')}`);
      return known;
    });
    const modes = (['growth', 'parity'] as const).filter((mode) => values[mode]);
    const name = [...positionals, ...modes.map((mode) => `--${mode}`)].join(' ');
    if (name in benches)
      return {
        name,
        json: values.json,
        options: {
          ...{ seed, sizes },
          ...(values.json !== undefined && { partial: `${values.json}.partial` }),
          ...(values.goldens !== undefined && { goldens: values.goldens }),
          ...(values.run !== undefined && { run: values.run }),
          ...(values.table && { tables: values.table }),
          ...(columns && { columns }),
          ...(limit && { limit }),
          ...(learners && { learners }),
        },
      };
    throw new InputError(`there is no benchmark ${name || 'without a name'}`, {
      remedy: usage,
    });
  } catch (error) {
    if (error instanceof StackbedError) throw error;
    throw new InputError((error as Error).message, { remedy: usage });
  }
}

function text(report: Report | Equivalence | Agreement | Verdict): string {
  if ('text' in report) return report.text;
  if ('figures' in report)
    return `${table(report)}\n\nratio: how many times better than the best peer; the goal is the least of it`;
  if ('stacks' in report)
    return `${agreementText(report.stacks)}\n\n${report.scans} scans of each stack by either, in turns`;
  const { comparisons, floor, level, seed } = report;
  const rejected = comparisons.filter((each) => each.rejected).length;
  return [
    comparisonTable(comparisons),
    '',
    `${comparisons.length} tests at level ${level} for all of them together, ${rejected} rejected; seed ${seed}`,
    `a packet takes ${floor.median.toFixed(3)} ms through the appliance (99 of 100 at most ${floor.ninetyNinth.toFixed(3)} ms): ` +
      'the former is taken off its delays',
  ].join('\n');
}

function holds(report: Report | Equivalence | Agreement | Verdict): boolean {
  if ('holds' in report) return report.holds;
  if ('stacks' in report) return report.stacks.every(agrees);
  return 'figures' in report
    ? report.figures.every((each) => each.holds !== false)
    : report.comparisons.every((each) => !each.rejected);
}

try {
  const { name, json, options } = read();
  const report = await benches[name]!((text) => process.stderr.write(`${text}\n`), options);
  process.stdout.write(`${text(report)}\n`);
  if (json !== undefined) {
    await writeFileAtomic(json, `${JSON.stringify(report, null, 2)}\n`);
    await rm(options.partial!, { force: true });
  }
  if (!holds(report)) process.exitCode = exitCode.expectationFailed;
} catch (error) {
  if (!(error instanceof StackbedError)) throw error;
  process.stderr.write(`bench: ${formatError(error)}\n`);
  process.exitCode = error.exitCode;
}

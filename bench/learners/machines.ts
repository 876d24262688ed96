import { CompactSummary } from '../../src/dataset/compact-summary.js';
import { buildMatrix, type Matrix } from '../../src/dataset/matrix.js';
import { MatrixBuilder } from '../../src/dataset/matrix-builder.js';
import { RowTable } from '../../src/dataset/row-table.js';
import { type FieldSpec, NO_RESPONSE, NONDET } from '../../src/dataset/summary.js';
import { type RandomStream, randomStream } from '../../src/random.js';

/** As many machines and classes as the paper has. */
export const machines = 329;
const classes = 29;
const families = 8;
/** What columns hang on; most are the same for all machines. */
const causes = { family: 0.2, class: 0.02, firewall: 0.05, memory: 0.03, leak: 0.01 } as const;
type Cause = keyof typeof causes | 'nothing';
/** Partitions of the classes, and of the families, that there are to choose from. */
const manners = 200;

export const fields: readonly FieldSpec[] = Array.from({ length: 10 }, (_, field) => ({
  name: `field.${field}`,
  kind: 'number',
}));

export interface Machines {
  readonly labels: readonly string[];
  /** Values of one machine: probes x fields. The array is written over by the next call. */
  values(machine: number): Float64Array;
  readonly probes: number;
}

function causeOf(draw: number): Cause {
  let sum = 0;
  for (const [cause, share] of Object.entries(causes) as [Cause, number][]) {
    sum += share;
    if (draw < sum) return cause;
  }
  return 'nothing';
}

/** A value for each of `count` things: two to four kinds of them. */
function manner(random: RandomStream, count: number): Float64Array {
  const kinds = 2 + random.below(3);
  return Float64Array.from({ length: count }, () => 64 * random.below(kinds));
}

/**
 * Made-up machines whose answers have causes: the family of a kernel shows in many columns, its release in few and
 * only on four machines of five, a firewall silences probes, memory shifts values, and nondeterminism leaks into some.
 * @param columns a multiple of ten
 */
export function synthesize(columns: number, seed: number): Machines {
  const random = randomStream(seed, `learners/${columns}`);
  const probes = columns / fields.length;
  const means = {
    family: Array.from({ length: manners }, () => manner(random, families)),
    class: Array.from({ length: manners }, () => manner(random, classes)),
    firewall: [manner(random, 3)],
    memory: Array.from({ length: 6 }, () => manner(random, 4)),
  };
  const kinds = ['nothing', 'family', 'class', 'firewall', 'memory', 'leak'] as const;
  const cause = new Uint8Array(columns);
  const chosen = new Uint8Array(columns);
  for (let column = 0; column < columns; column++) {
    const kind = causeOf(random.float());
    cause[column] = kinds.indexOf(kind);
    if (kind === 'family' || kind === 'class' || kind === 'memory')
      chosen[column] = random.below(means[kind].length);
  }
  const traits = Array.from({ length: machines }, (_, machine) => ({
    release: machine % classes,
    firewall: random.below(3),
    memory: random.below(4),
  }));
  const values = new Float64Array(columns);
  return {
    probes,
    labels: traits.map(({ release }) => `release-${String(release).padStart(2, '0')}`),
    values(machine) {
      const { firewall, memory, release } = traits[machine]!;
      const own = random.fork(`machine/${machine}`);
      const family = release % families;
      const odd = own.float() < 0.2;
      for (let column = 0; column < columns; column++) {
        const which = chosen[column]!;
        const kind = cause[column]!;
        let value = 64;
        if (kind === 1) value = means.family[which]![family]!;
        else if (kind === 2) value = odd ? 0 : means.class[which]![release]!;
        else if (kind === 3) value = firewall === 0 ? NO_RESPONSE : 64;
        else if (kind === 4) value = means.memory[which]![memory]!;
        else if (kind === 5) value = own.below(4) === 0 ? NONDET : means.family[which]![family]!;
        values[column] = value;
      }
      return values;
    },
  };
}

/** The same from summaries as a run has them, whose responses lie in one table; putting them there is not counted. */
export function reduceRows({ probes, values }: Machines): { matrix: Matrix; seconds: number } {
  const answers = new Uint16Array(probes).fill(1);
  const table = new RowTable(fields.length);
  const texts: string[] = [];
  const summaries = Array.from({ length: machines }, (_, machine) => {
    const own = values(machine);
    const rows = Uint32Array.from({ length: probes }, (_row, probe) => table.add(own, probe * fields.length));
    return new CompactSummary(`m${machine}`, 1, answers, texts, table, rows);
  });
  const before = process.cpuUsage();
  const matrix = buildMatrix(summaries, fields);
  const { system, user } = process.cpuUsage(before);
  return { matrix, seconds: (user + system) / 1e6 };
}

/**
 * The reduced matrix of all machines, value by value, one machine in memory at a time, and the processor seconds that
 * reducing took without making the machines.
 */
export function reduce({ probes, values }: Machines): { matrix: Matrix; seconds: number } {
  const builder = new MatrixBuilder(fields, {});
  let spent = 0;
  const timed = <T>(work: () => T): T => {
    const before = process.cpuUsage();
    const result = work();
    const { system, user } = process.cpuUsage(before);
    spent += system + user;
    return result;
  };
  const answers = new Uint16Array(probes).fill(1);
  for (let machine = 0; machine < machines; machine++) {
    const summary = {
      machine: `m${machine}`,
      probes,
      copies: 1,
      answers,
      values: values(machine),
      texts: [],
    };
    timed(() => builder.add(summary));
  }
  const matrix = timed(() => builder.finish());
  return { matrix, seconds: spent / 1e6 };
}

import type { FieldSpec, MachineSummary } from '../../../src/dataset/summary.js';
import { ABSENT, NO_RESPONSE, NONDET, PARTIAL } from '../../../src/dataset/summary.js';
import { randomStream } from '../../../src/random.js';

export interface Shape {
  readonly machines: number;
  readonly probes: number;
  readonly classes: number;
  /** Share of probes that a machine answers only partially: missing values. */
  readonly partial?: number;
  /** Share of values, in noisy columns, that are drawn for each machine on its own. */
  readonly noise: number;
  /** Share of columns that are noisy; the others merge. Default 1. */
  readonly noisy?: number;
  /** Share of columns that take nearly as many values as there are machines. Default 0. */
  readonly wide?: number;
}

export interface Synthetic {
  readonly fields: readonly FieldSpec[];
  readonly summaries: readonly MachineSummary[];
  readonly labels: readonly string[];
}

const fields: readonly FieldSpec[] = [
  { name: 'ip.ttl', kind: 'number' },
  { name: 'tcp.window', kind: 'number' },
  { name: 'tcp.options.order', kind: 'text' },
  { name: 'tcp.flags', kind: 'number' },
  { name: 'ip.id', kind: 'number' },
];
const texts = Array.from({ length: 128 }, (_, length) => `mss${',nop'.repeat(length)}`);
/** Texts that a column uses unless it is wide. */
const usualTexts = 4;

/**
 * Made-up machines whose answers have causes: a class decides most columns, a family of classes some, a setting
 * that is independent of the class others (a firewall silences probes), and the rest is noise. Class sizes are
 * uneven, so that ties, rare values and classes of one machine occur.
 */
export function synthesize(seed: number, shape: Shape): Synthetic {
  const random = randomStream(seed, 'synthetic');
  const { classes, machines, probes } = shape;
  const labels = Array.from({ length: machines }, () => Math.floor(random.float() ** 1.7 * classes));
  const firewall = labels.map(() => random.below(3));
  const behaviours = Array.from({ length: probes * fields.length }, () => ({
    cause: random.below(4),
    byClass: Array.from({ length: classes }, () => random.below(1 + random.below(5))),
    flip: random.below(97),
    noisy: random.float() < (shape.noisy ?? 1),
    wide: random.float() < (shape.wide ?? 0),
  }));
  const silent = Array.from({ length: probes }, () => random.float() < 0.2);
  const summaries = labels.map((label, machine) => {
    const answers = new Uint16Array(probes).fill(3);
    const values = new Float64Array(probes * fields.length);
    for (let probe = 0; probe < probes; probe++) {
      const none = silent[probe]! && firewall[machine] === 0;
      const some = random.float() < (shape.partial ?? 0);
      answers[probe] = none ? 0 : some ? 1 : 3;
      for (const [field, { kind }] of fields.entries()) {
        const { byClass, cause, flip, noisy, wide } = behaviours[probe * fields.length + field]!;
        const family = label >> 1;
        const plain =
          cause === 0 ? byClass[label]! : cause === 1 ? byClass[family]! : (flip * firewall[machine]!) % 2;
        const drawn = noisy && random.float() < shape.noise;
        const base = wide ? (label * 7 + random.below(machines)) >> 1 : drawn ? random.below(4) : plain;
        const usual = cause === 3 && !drawn && !wide ? 0 : base;
        const odd = noisy ? random.below(200) : -1;
        const coded = kind === 'text' ? usual % (wide ? texts.length : usualTexts) : usual * 64;
        const value = odd === 0 ? ABSENT : odd === 1 ? NONDET : coded;
        values[probe * fields.length + field] = none ? NO_RESPONSE : some ? PARTIAL : value;
      }
    }
    return { machine: `m${machine}`, probes, copies: 3, answers, values, texts };
  });
  return { fields, summaries, labels: labels.map((label) => `class-${String(label).padStart(2, '0')}`) };
}

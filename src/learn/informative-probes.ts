import type { Matrix } from '../dataset/matrix.js';
import { randomStream } from '../random.js';
import { columnGains } from './information-gain.js';
import { labelsOf } from './learner.js';
import { countBeyond, joinPairs, pairsApart } from './pairs-apart.js';
import { probeColumns } from './probe-columns.js';

export interface InformativeOptions {
  /** Probes to choose from: those of the matrix's summaries. */
  readonly probes: number;
  /** Probes to keep, 1 or more; all of them if there are no more. */
  readonly keep: number;
  /** Share of `keep` that is drawn from what is left, 0..1. */
  readonly random: number;
  readonly seed: number | string;
}

/** A probe that is kept, and why. */
export interface KeptProbe {
  readonly probe: number;
  /**
   * `split`: its response tells machines apart that no probe before it did. `gain`: a field of its response splits the
   * machines as none of a probe before it does. `random`: drawn.
   */
  readonly why: 'split' | 'gain' | 'random';
  /** Pairs of machines that it is the first to tell apart; 0 unless `split`. */
  readonly pairs: number;
  /** Bits, summed over the partitions of the machines that it is the first to show; 0 when `random`. */
  readonly bits: number;
}

interface Candidate {
  /** The first of the probes that show these columns. */
  readonly probe: number;
  readonly columns: readonly number[];
}

/** Bits are summed as whole numbers, so that equal sums are equal in whatever order. */
const fraction = 2 ** 20;

/**
 * Few probes that split the machines of `matrix`, by number. First, while any do, the probe whose whole response tells
 * most pairs of machines apart that are not yet; then the one whose fields show most bits of partitions that no kept
 * probe shows; then, and in place of what these do not use, probes at random. Of those that tell equally many pairs
 * apart it is the one that shows most bits, of equals the one with the lowest number. A probe that splits as a kept
 * one does adds nothing.
 */
export function informativeProbes(matrix: Matrix, options: InformativeOptions): KeptProbe[] {
  const keep = Math.min(options.keep, options.probes);
  const most = keep - Math.min(keep, Math.round(keep * options.random));
  const choice = new Choice(matrix);
  while (choice.kept.length < most && choice.takeSplit());
  while (choice.kept.length < most && choice.takeGain());
  const taken = new Set(choice.kept.map(({ probe }) => probe));
  const left = Array.from({ length: options.probes }, (_, probe) => probe).filter((one) => !taken.has(one));
  const drawn = randomStream(options.seed, 'informative probes')
    .shuffle(left)
    .slice(0, keep - taken.size);
  const rest = drawn.map((probe): KeptProbe => ({ probe, why: 'random', pairs: 0, bits: 0 }));
  return [...choice.kept, ...rest].sort((one, other) => one.probe - other.probe);
}

class Choice {
  readonly kept: KeptProbe[] = [];
  private readonly candidates: readonly Candidate[];
  /** By candidate: the pairs that its response tells apart. */
  private readonly apart: readonly Uint32Array[];
  private readonly told: Uint32Array;
  /** By column: bits of its partition, 0 once a kept probe shows it. */
  private readonly bits: Float64Array;
  /** By candidate: bits of what is not shown yet. */
  private readonly worth: Float64Array;
  private readonly showing: readonly number[][];

  constructor(matrix: Matrix) {
    this.candidates = candidatesOf(matrix);
    const ofColumns = Array.from({ length: matrix.columns }, (_, column) => pairsApart(matrix, column));
    this.told = new Uint32Array(ofColumns[0]?.length ?? 0);
    this.apart = this.candidates.map(({ columns }) => {
      const pairs = new Uint32Array(this.told.length);
      for (const column of columns) joinPairs(pairs, ofColumns[column]!);
      return pairs;
    });
    // What a partition tells about which of the machines it is.
    const { gains } = columnGains(matrix, labelsOf(matrix.rows), Int32Array.from(matrix.rows.keys()));
    this.bits = gains.map((bits) => Math.round(bits * fraction));
    this.showing = Array.from({ length: matrix.columns }, () => []);
    for (const [place, { columns }] of this.candidates.entries())
      for (const column of columns) this.showing[column]!.push(place);
    this.worth = Float64Array.from(this.candidates, ({ columns }) =>
      columns.reduce((sum, column) => sum + this.bits[column]!, 0),
    );
  }

  /** Keeps the probe that tells most pairs apart that are not yet; false when none does. */
  takeSplit(): boolean {
    return this.take('split', (place) => countBeyond(this.apart[place]!, this.told));
  }

  /** Keeps the probe that shows most bits of partitions not shown yet; false when none does. */
  takeGain(): boolean {
    return this.take('gain', (place) => this.worth[place]!);
  }

  private take(why: 'split' | 'gain', gainOf: (place: number) => number): boolean {
    let best = -1;
    let most = 0;
    for (const place of this.candidates.keys()) {
      const gain = gainOf(place);
      if (gain < most || gain === 0) continue;
      if (gain === most && this.worth[place]! <= this.worth[best]!) continue;
      most = gain;
      best = place;
    }
    if (best < 0) return false;
    const { probe, columns } = this.candidates[best]!;
    this.kept.push({
      ...{ probe, why, pairs: why === 'split' ? most : 0 },
      bits: this.worth[best]! / fraction,
    });
    joinPairs(this.told, this.apart[best]!);
    for (const column of columns) this.show(column);
    return true;
  }

  private show(column: number): void {
    const bits = this.bits[column]!;
    this.bits[column] = 0;
    for (const place of this.showing[column]!) this.worth[place]! -= bits;
  }
}

/** The probes that show any column, by number, one for all that show the same. */
function candidatesOf(matrix: Matrix): Candidate[] {
  const found = new Map<string, Candidate>();
  for (const { probe, columns } of probeColumns(matrix)) {
    const key = columns.join();
    if (!found.has(key)) found.set(key, { probe, columns });
  }
  return [...found.values()];
}

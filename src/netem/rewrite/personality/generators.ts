import type { IdRule, IdTraits, SequenceTrait } from './traits.js';

/** Uniform in [0, 1). */
export type Draw = () => number;

const secondsApart = 0.1;
const highest = 0x8000_0000;
/**
 * Differences from the mean in units of the standard deviation. Any five in a row have the mean 0 and the deviation 1, so that it does not
 * matter where a scan begins; the second reaches further up than down, for deviations above the mean.
 */
const patterns = {
  even: [1, -1, 1, -1, 0],
  skewed: [4, -1, -1, -1, -1].map((part) => part / Math.sqrt(5)),
} as const;

const gcd = (a: number, b: number): number => (b === 0 ? a : gcd(b, a % b));

/** Initial sequence numbers with divisor, rate and deviation of a trait; a deviation that no numbers can have is cut. */
export class InitialSequence {
  private last: number;
  private steps = 0;
  private before = 0;

  constructor(
    private readonly trait: SequenceTrait,
    draw: Draw,
  ) {
    this.last = 1 + Math.floor(draw() * 0xffff_fffe);
  }

  next(): number {
    const { divisor } = this.trait;
    if (divisor > 0) this.last = (this.last + this.step() * divisor) >>> 0;
    // An initial sequence number of 0 is taken for none.
    if (this.last === 0) this.last = divisor > 0 ? (divisor >>> 0) % highest || 1 : 1;
    return this.last;
  }

  /** In units of the divisor. */
  private step(): number {
    const { divisor, rate, deviation } = this.trait;
    // Up to 9 a divisor counts as chance, and the deviation is not in its units.
    const unit = divisor > 9 ? divisor : 1;
    const spread = rate === 0 ? 0 : (deviation * unit) / rate;
    const pattern = spread > 1 ? patterns.skewed : patterns.even;
    const share = 1 + Math.min(spread, Math.sqrt(5)) * pattern[this.steps++ % pattern.length]!;
    const wanted = Math.min(highest - 1, rate * secondsApart * share);
    let step = Math.max(spread > 0 && wanted < divisor / 2 ? 0 : 1, Math.round(wanted / divisor));
    // Two neighbours without a common divisor leave none to all.
    if (spread > 0 && step > 1 && this.before > 1 && gcd(step, this.before) > 1)
      while (gcd(step, this.before) > 1) step++;
    this.before = step;
    return step;
  }
}

const steps = { small: 1, swapped: 0x100, large: 0x451 } as const;
/** Between large steps there may be others: so counters come round less often. */
const betweenLarge = 13;
/** A step that no counter makes. */
const randomStep = 0x4e20;

type Kind = 'open' | 'closed' | 'icmp';

/** IP identifications of TCP from open and from closed ports and of ICMP, by the rule of each. */
export class Identifications {
  private readonly last: Record<Kind, number>;
  private readonly count: Record<Kind, number> = { open: 0, closed: 0, icmp: 0 };
  private previous: Kind | undefined;

  constructor(
    private readonly traits: IdTraits,
    private readonly draw: Draw,
  ) {
    // ICMP's counter starts above that of TCP: one that is below would be taken for the same.
    this.last = {
      open: 0x100 + Math.floor(draw() * 0x400),
      closed: 0x1000 + Math.floor(draw() * 0x4000),
      icmp: 0xa000 + Math.floor(draw() * 0x400),
    };
  }

  /** Undefined where there is no rule. */
  next(kind: Kind): number | undefined {
    const rule = this.traits[kind];
    if (rule === undefined) return undefined;
    if (rule === 'zero') return 0;
    if (typeof rule === 'object') return rule.constant;
    const { isShared } = this.traits;
    const isFirst = kind === 'icmp' && this.previous !== 'icmp';
    if (kind === 'icmp' && isShared && isFirst) this.last.icmp = this.last.open;
    // The step from the last of TCP is one of TCP.
    const by = kind === 'icmp' && isShared && isFirst && typeof this.traits.open === 'string' ? 'open' : kind;
    const value = (this.last[kind] + this.step(by)) & 0xffff;
    this.last[kind] = kind === 'icmp' && isShared === false ? this.above(value) : value;
    if (kind === 'icmp' && isShared) this.last.open = value;
    this.previous = kind;
    return this.last[kind];
  }

  private step(kind: Kind): number {
    const rule = this.traits[kind] as IdRule;
    const count = this.count[kind]++;
    if (rule === 'random') return randomStep + Math.floor(this.draw() * (0x1_0000 - 2 * randomStep));
    if (rule === 'large') return kind === 'icmp' || count % 2 === 0 ? steps.large : betweenLarge;
    return rule === 'small' || rule === 'swapped' ? steps[rule] : 1;
  }

  /** A counter of its own shows above TCP's, and not just behind it. */
  private above(value: number): number {
    const { open } = this.last;
    const rule = this.traits.open;
    const most = rule === 'small' || rule === 'swapped' || rule === 'large' ? 4 * steps[rule] : 0;
    return value >= open + most || open + 2 * most > 0xffff ? value : open + 2 * most;
  }
}

const fastestHz = 1_000_000;
const usualHz = 1000;

/** The clock of TCP timestamps. One faster than a MHz is none: each connection starts so much further. */
export class TimestampClock {
  private readonly start: number;

  constructor(
    private readonly hz: number,
    draw: Draw,
  ) {
    this.start = 1 + Math.floor(draw() * 0x1000_0000);
  }

  /** @param connection which it is, from 0 */
  at(elapsedMs: number, connection: number): number {
    const { hz, start } = this;
    const jump = hz > fastestHz ? Math.min(highest - 1, hz * secondsApart) * connection : 0;
    const ticks = (hz > fastestHz ? usualHz : hz) * (elapsedMs / 1000);
    return Math.floor(start + jump + ticks) >>> 0 || 1;
  }
}

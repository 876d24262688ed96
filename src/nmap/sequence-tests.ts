import { hexadecimal } from './hexadecimal.js';

/** An initial sequence number or a timestamp, and when its probe was sent, ms. */
export interface Sample {
  readonly value: number;
  readonly sentMs: number;
}

const fewest = 4;
/** A divisor up to this is chance. */
const smallDivisor = 9;

const gcd = (a: number, b: number): number => (b === 0 ? a : gcd(b, a % b));

/** The difference of two numbers of 32 bits, the shorter way round. */
function distance(a: number, b: number): number {
  const up = (b - a) >>> 0;
  return Math.min(up, 0x1_0000_0000 - up);
}

/**
 * The tests GCD, ISR and SP of initial sequence numbers (Nmap Network Scanning, "TCP ISN greatest common divisor",
 * "counter rate" and "sequence predictability index"); none with fewer than four samples.
 */
export function sequenceNumberTests(samples: readonly Sample[]): Map<string, string> {
  const tests = new Map<string, string>();
  if (samples.length < fewest) return tests;
  const pairs = samples.slice(1).map((sample, index) => [samples[index]!, sample] as const);
  const differences = pairs.map(([a, b]) => distance(a.value, b.value));
  const divisor = differences.reduce(gcd);
  const seconds = pairs.map(([a, b]) => Math.max(1e-6, (b.sentMs - a.sentMs) / 1000));
  const rates = differences.map((difference, index) => difference / seconds[index]!);
  const mean = rates.reduce((sum, rate) => sum + rate, 0) / rates.length;
  const unit = divisor > smallDivisor ? divisor : 1;
  const squares = rates.map((rate) => ((rate - mean) / unit) ** 2);
  const deviation = Math.sqrt(squares.reduce((sum, square) => sum + square, 0) / (rates.length - 1));
  const eighths = (value: number) => hexadecimal(value < 1 ? 0 : Math.round(8 * Math.log2(value)));
  tests.set('SP', divisor === 0 ? '0' : eighths(deviation));
  tests.set('GCD', hexadecimal(divisor));
  tests.set('ISR', divisor === 0 ? '0' : eighths(mean));
  return tests;
}

/** Ranges of Hz that stand for a usual rate, and how it is written. */
const usualRates: readonly (readonly [least: number, most: number, written: string])[] = [
  [0, 5.66, '1'],
  [70, 150, '7'],
  [150, 350, '8'],
];

/**
 * The test TS: how fast the timestamp clock runs (Nmap Network Scanning, "TCP timestamp option algorithm").
 *
 * @param samples timestamps of the answers to SEQ; undefined for an answer that has none
 */
export function timestampRate(samples: readonly (Sample | undefined)[]): string | undefined {
  if (samples.length === 0) return undefined;
  if (samples.includes(undefined)) return 'U';
  const known = samples as readonly Sample[];
  if (known.some(({ value }) => value === 0)) return '0';
  if (known.length < 2) return undefined;
  const rates = known.slice(1).map(({ value, sentMs }, index) => {
    const before = known[index]!;
    return distance(before.value, value) / Math.max(1e-6, (sentMs - before.sentMs) / 1000);
  });
  return rateClass(rates.reduce((sum, rate) => sum + rate, 0) / rates.length);
}

/** A rate in Hz as the test TS writes it. */
export function rateClass(hz: number): string {
  const usual = usualRates.find(([least, most]) => hz >= least && hz <= most);
  return usual?.[2] ?? hexadecimal(Math.round(Math.log2(hz)));
}

const whole = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });
const threeDigits = new Intl.NumberFormat('en-US', { maximumSignificantDigits: 3 });
const space = '\u00a0';

/** A count with thousands separators; a fraction, as in a confusion summed over weights, keeps three digits. */
export function formatCount(count: number): string {
  return Number.isInteger(count) ? whole.format(count) : threeDigits.format(count);
}

/** Three significant digits with thousands separators. */
export function formatSignificant(value: number): string {
  return threeDigits.format(value);
}

/** A share in 0..1 as a percentage without its sign; never rounds up to 100 nor down to 0. */
export function percent(share: number): string {
  if (share <= 0) return '0';
  if (share >= 1) return '100';
  if (share > 0.9995) return '>99.9';
  if (share < 0.0001) return '<0.01';
  return (100 * share).toPrecision(share < 0.01 ? 2 : 3);
}

/** A share in 0..1 as a percentage, three significant digits: `61.2 %`. */
export function formatShare(share: number): string {
  return `${percent(share)}${space}%`;
}

/** `part` of `whole` as a percentage; a dash where there is no whole. */
export function formatRatio(part: number, of: number): string {
  return of > 0 ? formatShare(part / of) : '–';
}

/** Both ends of an interval of shares, in percent: `52.0–69.7 %`. */
export function formatInterval([low, high]: readonly [number, number]): string {
  return `${percent(low)}–${percent(high)}${space}%`;
}

/** A difference of shares, -1..1, in percentage points without their unit: `+6.3`, `−12.5`, `0`. */
export function formatPoints(difference: number): string {
  if (difference === 0) return '0';
  return `${difference < 0 ? '−' : '+'}${Math.abs(100 * difference).toFixed(1)}`;
}

/** A duration in the unit a person would use; the argument is in milliseconds. */
export function formatDuration(milliseconds: number): string {
  if (milliseconds < 1000) return `${formatSignificant(milliseconds)}${space}ms`;
  const seconds = milliseconds / 1000;
  if (seconds < 59.95) return `${seconds.toPrecision(3)}${space}s`;
  const minutes = Math.floor(Math.round(seconds) / 60);
  const rest = Math.round(seconds) % 60;
  if (minutes < 60) return `${minutes}${space}min ${rest}${space}s`;
  return `${whole.format(Math.floor(minutes / 60))}${space}h ${minutes % 60}${space}min`;
}

const instant = /^(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d)(?:\.\d+)?Z$/;

/** An ISO 8601 instant to the second, in UTC; any other text as it is. */
export function formatInstant(text: string): string {
  const [, day, time] = instant.exec(text) ?? [];
  return day && time ? `${day.replaceAll('-', '\u2011')}${space}${time}${space}UTC` : text;
}

/** Mebibytes, or gibibytes from 1,024 MiB. */
export function formatMemory(mebibytes: number): string {
  if (mebibytes < 1024) return `${formatCount(mebibytes)}${space}MiB`;
  return `${formatSignificant(mebibytes / 1024)}${space}GiB`;
}

/** An amount of information, two decimals from one bit on: `1.58 bits`. */
export function formatBits(bits: number): string {
  const digits = bits === 0 ? '0' : bits < 0.005 ? '<0.01' : bits.toFixed(2);
  return `${digits}${space}bits`;
}

/** `3 machines`, `1 machine`. */
export function plural(count: number, one: string, many = `${one}s`): string {
  return `${formatCount(count)} ${count === 1 ? one : many}`;
}

/** The middle of `values`; they need not be sorted. `undefined` when there are none. */
export function median(values: readonly number[]): number | undefined {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : mean(sorted[middle - 1], sorted[middle]);
}

function mean(a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined || b === undefined ? undefined : (a + b) / 2;
}

/** First characters of a hexadecimal digest, enough to tell the digests of one fleet apart by eye. */
export function shortDigest(digest: string): string {
  return digest.slice(0, 8);
}

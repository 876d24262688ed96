/** A mark on an axis: where and what it says. */
export interface Tick {
  readonly value: number;
  readonly label: string;
}

/** Maps a count to 0..1 along an axis. */
export interface CountScale {
  readonly kind: 'linear' | 'log';
  readonly ticks: readonly Tick[];
  position(count: number): number;
}

const compact = new Intl.NumberFormat('en-US', { notation: 'compact', maximumSignificantDigits: 3 });

/** Round steps (1, 2, 5 times a power of ten) from 0 to at least `max`, about `wanted` of them. */
export function roundTicks(max: number, wanted: number): number[] {
  if (!(max > 0)) return [0];
  const rough = max / wanted;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((candidate) => candidate >= rough)!;
  const ticks: number[] = [];
  for (let index = 0; index === 0 || ticks.at(-1)! < max * (1 - 1e-9); index++) {
    ticks.push(Number((index * step).toPrecision(12)));
  }
  return ticks;
}

function linearScale(max: number): CountScale {
  const values = roundTicks(max, 4).filter((value) => Number.isInteger(value));
  const top = Math.max(values.at(-1)!, max, 1);
  return {
    kind: 'linear',
    ticks: values.map((value) => ({ value, label: compact.format(value) })),
    position: (count) => count / top,
  };
}

/** Share of the axis between 0, which a logarithm does not have, and 1. */
const zeroStep = 0.12;

function logScale(max: number): CountScale {
  const decades = Math.max(1, Math.ceil(Math.log10(max) - 1e-9));
  const stride = Math.ceil(decades / 5);
  const ticks: Tick[] = [{ value: 0, label: '0' }];
  for (let decade = 0; decade <= decades; decade += stride) {
    ticks.push({ value: 10 ** decade, label: compact.format(10 ** decade) });
  }
  return {
    kind: 'log',
    ticks,
    position: (count) => (count <= 0 ? 0 : zeroStep + ((1 - zeroStep) * Math.log10(count)) / decades),
  };
}

/** Ratio of the largest to the smallest count above zero from which a logarithmic axis is used. */
const logFrom = 50;

/** An axis for `counts`: linear, or logarithmic with a place of its own for zero when they differ widely. */
export function countScale(counts: readonly number[]): CountScale {
  const positive = counts.filter((count) => count > 0);
  const max = Math.max(0, ...positive);
  return positive.length > 1 && max / Math.min(...positive) >= logFrom ? logScale(max) : linearScale(max);
}

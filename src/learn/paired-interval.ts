import { wilsonInterval } from './metrics.js';

/** How many machines two classifiers were right about. */
export interface PairedCounts {
  readonly both: number;
  readonly onlyFirst: number;
  readonly onlySecond: number;
  readonly neither: number;
}

/**
 * 95 % interval of the accuracy of the first less that of the second on the same machines, at least one: the Wilson
 * intervals of both, joined by how far the two agree (R. G. Newcombe 1998, Statistics in Medicine 17:2635, method 10).
 */
export function pairedInterval({ both, onlyFirst, onlySecond, neither }: PairedCounts): [number, number] {
  const machines = both + onlyFirst + onlySecond + neither;
  const first = (both + onlyFirst) / machines;
  const second = (both + onlySecond) / machines;
  const [low1, high1] = wilsonInterval(first, machines);
  const [low2, high2] = wilsonInterval(second, machines);
  const scale =
    Math.sqrt((both + onlyFirst) * (onlySecond + neither)) *
    Math.sqrt((both + onlySecond) * (onlyFirst + neither));
  const excess = both * neither - onlyFirst * onlySecond;
  const corrected = excess > 0 ? Math.max(0, excess - machines / 2) : excess;
  const phi = scale > 0 ? corrected / scale : 0;
  const spread = (one: number, other: number) =>
    Math.sqrt(Math.max(0, one * one - 2 * phi * one * other + other * other));
  const difference = first - second;
  return [
    Math.max(-1, difference - spread(first - low1, high2 - second)),
    Math.min(1, difference + spread(high1 - first, second - low2)),
  ];
}

import { normalQuantile } from '../normal.js';

/** The shapes that jitter can have. */
export const distributions = ['uniform', 'normal', 'pareto', 'paretonormal'] as const;
export type Distribution = (typeof distributions)[number];

/** Entries of a table, and what stands for 1 in one (NETEM_DIST_SCALE). */
const entries = 4096;
const scale = 8192;
const largest = 32_767;

/** The inverse of a Pareto distribution of shape 3, moved to mean 0, in table units; `above` is the share beyond. */
function paretoValue(above: number): number {
  return Math.min(largest, (above ** (-1 / 3) - 1.5) * (4 / 3) * scale);
}

const shapes: Record<Exclude<Distribution, 'uniform'>, (entry: number) => number> = {
  normal: (entry) => scale * normalQuantile((entry + 0.5) / entries),
  pareto: (entry) => paretoValue(1 - entry / entries),
  paretonormal: (entry) =>
    (scale * normalQuantile((4 * entry + 0.5) / (4 * entries)) + 3 * paretoValue(1 - entry / entries)) / 4,
};

/**
 * How many jitters a uniform number 0..1 stands away from the mean. `uniform` lies within one jitter to either
 * side. The others are tables of 4096 entries of an inverse cumulative distribution, as iproute2 makes them for
 * netem (tc-netem(8); iproute2's netem/normal.c, pareto.c, paretonormal.c): a tail ends where the table ends, and
 * pareto, which is cut at 4, has a mean of a little less than 0.
 */
export function deviations(distribution: Distribution): (uniform: number) => number {
  if (distribution === 'uniform') return (uniform) => 2 * uniform - 1;
  const shape = shapes[distribution];
  const table = Float64Array.from({ length: entries }, (_, entry) => Math.round(shape(entry)) / scale);
  return (uniform) => table[Math.floor(uniform * entries)]!;
}

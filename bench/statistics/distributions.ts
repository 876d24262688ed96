import { normalShare } from '../../src/netem/normal.js';

/** The chance of a standard normal number further from 0 than `z`, to either side. */
export function normalBeyond(z: number): number {
  return Math.min(1, 2 * (1 - normalShare(Math.abs(z))));
}

/** The chance of a chi-square number above `x`; `freedom` is a whole number, at least 1. */
export function chiSquareBeyond(x: number, freedom: number): number {
  // Q(f + 2) = Q(f) + (x/2)^(f/2) e^(-x/2) / Γ(f/2 + 1), from f = 1 or 2 on (Abramowitz and Stegun 26.4.8).
  const odd = freedom % 2 === 1;
  let above = odd ? normalBeyond(Math.sqrt(x)) : Math.exp(-x / 2);
  let term = odd ? Math.sqrt((2 * x) / Math.PI) * Math.exp(-x / 2) : (x / 2) * Math.exp(-x / 2);
  for (let f = odd ? 1 : 2; f < freedom; f += 2) {
    above += term;
    term *= x / (f + 2);
  }
  return Math.min(1, above);
}

/** The chance that Kolmogorov's statistic, times the root of the sample's size, is above `x` (its limit law). */
export function kolmogorovBeyond(x: number): number {
  // The series does not converge there, where the chance is 1 to all digits.
  if (x < 0.2) return 1;
  let above = 0;
  for (let k = 1; k <= 100; k++) above += (k % 2 === 1 ? 2 : -2) * Math.exp(-2 * k * k * x * x);
  return Math.min(1, Math.max(0, above));
}

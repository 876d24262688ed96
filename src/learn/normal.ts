const root2Pi = Math.sqrt(2 * Math.PI);

/** Probability that a standard normal variable is above `z` >= 0: series near 0, continued fraction beyond. */
function upperTail(z: number): number {
  const density = Math.exp((-z * z) / 2) / root2Pi;
  if (z < 3) {
    // Phi(z) - 1/2 = density (z + z^3/3 + z^5/15 + ...), Abramowitz and Stegun 26.2.11
    let term = z;
    let sum = z;
    for (let odd = 3; term > 1e-17 * sum; odd += 2) {
      term *= (z * z) / odd;
      sum += term;
    }
    return 0.5 - density * sum;
  }
  // 26.2.14
  let fraction = 0;
  for (let step = 60; step > 0; step--) fraction = step / (z + fraction);
  return density / (z + fraction);
}

/** Probability that a standard normal variable lies between `low` and `high`, to about 14 digits of either tail. */
export function normalBetween(low: number, high: number): number {
  if (low >= 0) return Math.max(0, upperTail(low) - upperTail(high));
  if (high <= 0) return Math.max(0, upperTail(-high) - upperTail(-low));
  return 1 - upperTail(-low) - upperTail(high);
}

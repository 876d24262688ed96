/** Pairwise probabilities are kept this far from 0 and 1, as LIBSVM does. */
const least = 1e-7;
const mostRounds = 100;

/**
 * Class probabilities from those of pairs, by the second method of Wu, Lin and Weng (JMLR 5, 2004): the
 * probabilities p that minimise the sum over pairs of (r_ji p_i - r_ij p_j)^2.
 * @param pairs row-major, classes x classes: probability of the row's class against the column's
 */
export function couple(pairs: Float64Array, classes: number): Float64Array {
  const clipped = pairs.map((share) => Math.min(1 - least, Math.max(least, share)));
  const q = new Float64Array(classes * classes);
  for (let one = 0; one < classes; one++) {
    for (let other = 0; other < classes; other++) {
      if (one === other) continue;
      q[one * classes + one]! += clipped[other * classes + one]! ** 2;
      q[one * classes + other] = -clipped[other * classes + one]! * clipped[one * classes + other]!;
    }
  }
  const p = new Float64Array(classes).fill(1 / classes);
  const qp = new Float64Array(classes);
  for (let round = 0; round < Math.max(mostRounds, classes); round++) {
    let pqp = 0;
    for (let one = 0; one < classes; one++) {
      qp[one] = 0;
      for (let other = 0; other < classes; other++) qp[one]! += q[one * classes + other]! * p[other]!;
      pqp += p[one]! * qp[one]!;
    }
    if (qp.every((value) => Math.abs(value - pqp) < 0.005 / classes)) break;
    for (let one = 0; one < classes; one++) {
      const own = q[one * classes + one]!;
      const difference = (pqp - qp[one]!) / own;
      p[one]! += difference;
      pqp = (pqp + difference * (difference * own + 2 * qp[one]!)) / (1 + difference) ** 2;
      for (let other = 0; other < classes; other++) {
        qp[other] = (qp[other]! + difference * q[one * classes + other]!) / (1 + difference);
        p[other]! /= 1 + difference;
      }
    }
  }
  return p;
}

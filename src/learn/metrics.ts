/** Two-sided 95 % quantile of the normal distribution. */
const z = 1.959963984540054;

/**
 * Wilson's 95 % interval of a share seen in `n` independent trials (E. B. Wilson 1927).
 * @param share 0..1
 */
export function wilsonInterval(share: number, n: number): [number, number] {
  const spread = z * Math.sqrt((share * (1 - share)) / n + (z * z) / (4 * n * n));
  const middle = share + (z * z) / (2 * n);
  const scale = 1 + (z * z) / n;
  // At 0 and 1 the end is exact, and rounding must not move it.
  const low = share === 0 ? 0 : Math.max(0, (middle - spread) / scale);
  return [low, share === 1 ? 1 : Math.min(1, (middle + spread) / scale)];
}

/** Mean recall over the classes that occur; `counts` is [true][predicted]. */
export function balancedAccuracy(counts: readonly (readonly number[])[]): number {
  const recalls = counts.flatMap((row, code) => {
    const members = row.reduce((sum, count) => sum + count, 0);
    return members === 0 ? [] : [row[code]! / members];
  });
  return mean(recalls) ?? 0;
}

export function mean(values: readonly number[]): number | null {
  return values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length;
}

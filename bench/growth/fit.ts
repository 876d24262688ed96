/**
 * The exponent b of y = a x^b that fits points best by least squares of the logarithms.
 *
 * @throws RangeError for fewer than two different x, or a coordinate that is not above 0
 */
export function exponent(points: readonly { readonly x: number; readonly y: number }[]): number {
  if (points.some(({ x, y }) => !(x > 0 && y > 0))) throw new RangeError('a coordinate is not above 0');
  const logs = points.map(({ x, y }) => ({ x: Math.log(x), y: Math.log(y) }));
  const mean = (of: (point: { x: number; y: number }) => number) =>
    logs.reduce((total, point) => total + of(point), 0) / logs.length;
  const [x, y] = [mean((point) => point.x), mean((point) => point.y)];
  const spread = mean((point) => (point.x - x) ** 2);
  if (!(spread > 1e-12)) throw new RangeError('all points have one x');
  return mean((point) => (point.x - x) * (point.y - y)) / spread;
}

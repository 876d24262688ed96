const mostSteps = 100;
const smallestStep = 1e-10;
const enough = 1e-5;
const ridge = 1e-12;

/** P(first class | output) = 1 / (1 + exp(a output + b)). */
export interface Sigmoid {
  readonly a: number;
  readonly b: number;
}

export function sigmoidAt({ a, b }: Sigmoid, output: number): number {
  const z = a * output + b;
  return z >= 0 ? Math.exp(-z) / (1 + Math.exp(-z)) : 1 / (1 + Math.exp(z));
}

/**
 * Platt's scaling of a machine's outputs to probabilities, by Newton's method with backtracking on the regularised
 * maximum likelihood problem (Lin, Lin and Weng, Machine Learning 68, 2007).
 * @param positive whether each output is of an example of the first class
 */
export function fitSigmoid(outputs: Float64Array, positive: Uint8Array): Sigmoid {
  const first = positive.reduce((sum, is) => sum + is, 0);
  const second = positive.length - first;
  const target = Float64Array.from(positive, (is) => (is ? (first + 1) / (first + 2) : 1 / (second + 2)));
  let a = 0;
  let b = Math.log((second + 1) / (first + 1));
  let loss = lossOf(outputs, target, a, b);
  for (let step = 0; step < mostSteps; step++) {
    const { aa, ab, bb, ga, gb } = derivatives(outputs, target, a, b);
    if (Math.abs(ga) < enough && Math.abs(gb) < enough) break;
    const determinant = aa * bb - ab * ab;
    const da = -(bb * ga - ab * gb) / determinant;
    const db = -(aa * gb - ab * ga) / determinant;
    const descent = ga * da + gb * db;
    let size = 1;
    for (; size >= smallestStep; size /= 2) {
      const next = lossOf(outputs, target, a + size * da, b + size * db);
      if (next >= loss + 1e-4 * size * descent) continue;
      a += size * da;
      b += size * db;
      loss = next;
      break;
    }
    if (size < smallestStep) break;
  }
  return { a, b };
}

function lossOf(outputs: Float64Array, target: Float64Array, a: number, b: number): number {
  return outputs.reduce((sum, output, place) => {
    const z = a * output + b;
    const share = target[place]!;
    return sum + (z >= 0 ? share * z + Math.log1p(Math.exp(-z)) : (share - 1) * z + Math.log1p(Math.exp(z)));
  }, 0);
}

function derivatives(outputs: Float64Array, target: Float64Array, a: number, b: number) {
  const sums = { aa: ridge, ab: 0, bb: ridge, ga: 0, gb: 0 };
  for (const [place, output] of outputs.entries()) {
    const share = sigmoidAt({ a, b }, output);
    const curvature = share * (1 - share);
    const slope = target[place]! - share;
    sums.aa += output * output * curvature;
    sums.ab += output * curvature;
    sums.bb += curvature;
    sums.ga += output * slope;
    sums.gb += slope;
  }
  return sums;
}

/** The training examples of a machine of two classes, and the machine as far as it is trained. */
export interface Examples {
  readonly size: number;
  /** Multiplier times sign, by example; 0 for those that do not support. */
  readonly weights: Float64Array;
  /** Kernel of two examples; it may leave out an intercept. */
  kernel(one: number, other: number): number;
  setWeight(example: number, weight: number): void;
  /** Output for an example, threshold aside. */
  output(example: number): number;
}

/** Examples of which only the kernel is known. */
export class KernelExamples implements Examples {
  readonly size: number;
  readonly weights: Float64Array;

  /** @param square kernel of every two examples, row-major */
  constructor(private readonly square: Float64Array) {
    this.size = Math.sqrt(square.length);
    this.weights = new Float64Array(this.size);
  }

  kernel(one: number, other: number): number {
    return this.square[one * this.size + other]!;
  }

  setWeight(example: number, weight: number): void {
    this.weights[example] = weight;
  }

  output(example: number): number {
    const { size, square, weights } = this;
    let sum = 0;
    for (let other = 0; other < size; other++)
      if (weights[other] !== 0) sum += weights[other]! * square[other * size + example]!;
    return sum;
  }
}

/** Inner products of the rows of a table, each worked out when it is first asked for. */
export class Products {
  private readonly known: Float64Array;

  /** @param features by row, all of one length */
  constructor(readonly features: readonly Float64Array[]) {
    this.known = new Float64Array(features.length ** 2).fill(Number.NaN);
  }

  of(one: number, other: number): number {
    const at = one * this.features.length + other;
    if (Number.isNaN(this.known[at]!)) this.known[at] = dot(this.features[one]!, this.features[other]!);
    return this.known[at]!;
  }
}

/**
 * Examples by their features. Weka sums a linear machine's outputs in this way: equal sums are then as equal, or as
 * unequal by rounding, as there.
 */
export class FeatureExamples implements Examples {
  readonly size: number;
  readonly weights: Float64Array;
  /** By feature; the output for any features is their product with it. */
  readonly plane: Float64Array;

  /** @param rows those that are the examples */
  constructor(
    private readonly products: Products,
    private readonly rows: Int32Array,
  ) {
    this.size = rows.length;
    this.weights = new Float64Array(this.size);
    this.plane = new Float64Array(products.features[0]!.length);
  }

  kernel(one: number, other: number): number {
    return this.products.of(this.rows[one]!, this.rows[other]!);
  }

  setWeight(example: number, weight: number): void {
    const by = weight - this.weights[example]!;
    const features = this.features(example);
    for (let at = 0; at < features.length; at++) this.plane[at]! += by * features[at]!;
    this.weights[example] = weight;
  }

  output(example: number): number {
    return dot(this.plane, this.features(example));
  }

  private features(example: number): Float64Array {
    return this.products.features[this.rows[example]!]!;
  }
}

export function dot(one: Float64Array, other: Float64Array): number {
  let sum = 0;
  for (let at = 0; at < one.length; at++) sum += one[at]! * other[at]!;
  return sum;
}

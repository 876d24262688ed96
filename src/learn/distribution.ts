import type { Matrix } from '../dataset/matrix.js';
import { type Labels, tolerance } from './learner.js';
import type { Sample } from './split-score.js';

/** Weight of training machines by branch and class (Weka's `Distribution`). */
export class Distribution {
  readonly perBag: Float64Array;
  readonly perClass: Float64Array;
  private readonly cells: Float64Array;
  total = 0;

  constructor(bags: number, classes: number) {
    this.perBag = new Float64Array(bags);
    this.perClass = new Float64Array(classes);
    this.cells = new Float64Array(bags * classes);
  }

  add(bag: number, label: number, weight: number): void {
    this.cells[bag * this.perClass.length + label]! += weight;
    this.perBag[bag]! += weight;
    this.perClass[label]! += weight;
    this.total += weight;
  }

  /** Share of the total in each branch; equal shares when nothing was added. */
  shares(): Float64Array {
    const { perBag, total } = this;
    return perBag.map((weight) => (total < tolerance ? 1 / perBag.length : weight / total));
  }

  largestClass(): number {
    let best = 0;
    let most = 0;
    for (let label = 0; label < this.perClass.length; label++) {
      if (this.perClass[label]! > most + tolerance) {
        most = this.perClass[label]!;
        best = label;
      }
    }
    return best;
  }

  /** The last of the heaviest branches, as in Weka. */
  largestBag(): number {
    let best = 0;
    let most = 0;
    for (let bag = 0; bag < this.perBag.length; bag++) {
      if (this.perBag[bag]! > most - tolerance) {
        most = this.perBag[bag]!;
        best = bag;
      }
    }
    return best;
  }

  errors(): number {
    return this.total - this.perClass[this.largestClass()]!;
  }

  /** Class shares in a branch, or overall when the branch is empty or not given. */
  probabilities(bag = -1): Float64Array {
    const classes = this.perClass.length;
    if (bag >= 0 && this.perBag[bag]! > tolerance) {
      return this.cells.slice(bag * classes, (bag + 1) * classes).map((weight) => weight / this.perBag[bag]!);
    }
    return this.perClass.map((weight) => (this.total > 0 ? weight / this.total : 0));
  }
}

/** The branch of a code that is not missing; see {@link splitDistribution}. */
export function branchOf(code: number, limit: number): number {
  if (limit < 0) return code;
  return code > limit ? 1 : 0;
}

export function sampleDistribution(sample: Sample, labels: Labels): Distribution {
  const made = new Distribution(1, labels.classes.length);
  for (const [place, row] of sample.rows.entries())
    made.add(0, labels.codes[row]!, sample.weights?.[place] ?? 1);
  return made;
}

/**
 * The sample by branch of `column`; machines whose value is missing count in every branch by its share.
 * @param limit greatest code of the first of two branches; -1 where each code is a branch
 */
export function splitDistribution(
  matrix: Matrix,
  column: number,
  sample: Sample,
  labels: Labels,
  limit: number,
): Distribution {
  const made = new Distribution(limit < 0 ? matrix.values[column]! : 2, labels.classes.length);
  const from = column * matrix.rows.length;
  const unknown: number[] = [];
  for (const [place, row] of sample.rows.entries()) {
    const code = matrix.codes[from + row]!;
    if (code < 0) unknown.push(place);
    else made.add(branchOf(code, limit), labels.codes[row]!, sample.weights?.[place] ?? 1);
  }
  const shares = made.shares();
  for (const place of unknown) {
    const weight = sample.weights?.[place] ?? 1;
    const label = labels.codes[sample.rows[place]!]!;
    for (const [bag, share] of shares.entries()) made.add(bag, label, share * weight);
  }
  return made;
}

/**
 * The samples of the branches of `column`.
 * @param shares how machines whose value is missing are spread
 * @param limit greatest code of the first of two branches; -1 where each code is a branch
 */
export function splitSample(
  matrix: Matrix,
  column: number,
  sample: Sample,
  shares: Float64Array,
  limit: number,
): Sample[] {
  if (limit < 0 && !matrix.missing && sample.weights === null) return splitWhole(matrix, column, sample.rows);
  const from = column * matrix.rows.length;
  const rows: number[][] = Array.from(shares, () => []);
  const weights: number[][] = Array.from(shares, () => []);
  let whole = sample.weights === null;
  for (const [place, row] of sample.rows.entries()) {
    const code = matrix.codes[from + row]!;
    const weight = sample.weights?.[place] ?? 1;
    if (code >= 0) {
      const bag = branchOf(code, limit);
      rows[bag]!.push(row);
      weights[bag]!.push(weight);
      continue;
    }
    whole = false;
    for (const [bag, share] of shares.entries()) {
      if (share <= tolerance) continue;
      rows[bag]!.push(row);
      weights[bag]!.push(share * weight);
    }
  }
  return rows.map((list, bag) => ({
    rows: Int32Array.from(list),
    weights: whole ? null : Float64Array.from(weights[bag]!),
  }));
}

/** The samples of the branches where no value is missing: parts of one array, in the order of `rows`. */
function splitWhole(matrix: Matrix, column: number, rows: Int32Array): Sample[] {
  const { codes } = matrix;
  const from = column * matrix.rows.length;
  const end = new Array<number>(matrix.values[column]!).fill(0);
  for (let place = 0; place < rows.length; place++) end[codes[from + rows[place]!]!]!++;
  for (let code = 1; code < end.length; code++) end[code]! += end[code - 1]!;
  const sorted = new Int32Array(rows.length);
  const parts = end.map((to, code) => ({ rows: sorted.subarray(end[code - 1] ?? 0, to), weights: null }));
  for (let place = rows.length - 1; place >= 0; place--)
    sorted[--end[codes[from + rows[place]!]!]!] = rows[place]!;
  return parts;
}

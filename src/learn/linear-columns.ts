import type { Matrix } from '../dataset/matrix.js';
import type { ColumnWeight } from './learner.js';

/** A linear machine by the signed multipliers of its training rows. */
export interface LinearMachine {
  readonly rows: Int32Array;
  readonly weights: Float64Array;
}

/**
 * Columns by what they weigh in linear machines on a 0/1 feature for each value: the square of the weights of all
 * features of a column, its members together, summed over the machines; greatest first, those without weight left out.
 * @param binary part of it that counts for a column of two values: 1/2 where these are one feature
 */
export function linearColumns(
  matrix: Matrix,
  machines: readonly LinearMachine[],
  binary: number,
): ColumnWeight[] {
  const height = matrix.rows.length;
  const sums = new Float64Array(matrix.values.reduce((most, values) => Math.max(most, values), 0));
  const supports = machines.map(({ rows, weights }) => {
    const places = [...rows.keys()].filter((place) => weights[place] !== 0);
    return {
      rows: Int32Array.from(places, (place) => rows[place]!),
      weights: Float64Array.from(places, (place) => weights[place]!),
    };
  });
  const found: ColumnWeight[] = [];
  for (let column = 0; column < matrix.columns; column++) {
    const codes = matrix.codes.subarray(column * height, (column + 1) * height);
    const values = matrix.values[column]!;
    let weight = 0;
    for (const { rows, weights } of supports) {
      sums.fill(0, 0, values);
      for (let place = 0; place < rows.length; place++) {
        const code = codes[rows[place]!]!;
        if (code >= 0) sums[code]! += weights[place]!;
      }
      for (let code = 0; code < values; code++) weight += sums[code]! ** 2;
    }
    weight *= matrix.multiplicity[column]! * (values === 2 ? binary : 1);
    found.push({ column, weight });
  }
  return heaviestFirst(found);
}

/** Columns that weigh something, heaviest first. */
export function heaviestFirst(columns: readonly ColumnWeight[]): ColumnWeight[] {
  return columns
    .filter(({ weight }) => weight > 0)
    .sort((one, other) => other.weight - one.weight || one.column - other.column);
}

import type { Matrix } from '../dataset/matrix.js';
import { columnGains } from './information-gain.js';
import { type Labels, labelsOf, tolerance } from './learner.js';

export interface FieldChoice {
  readonly field: string;
  readonly probe: number;
  /** Bits, about the labels of the machines of this subset. */
  readonly gain: number;
  /** Machines in the subset that was split. */
  readonly machines: number;
  /** Other fields with a probe that splits all machines of the matrix exactly alike. */
  readonly alike: readonly string[];
}

export interface HighValueFields {
  /** Names of the fields chosen, in the order in which they first were. */
  readonly fields: readonly string[];
  /** Every choice, parents before parts. */
  readonly choices: readonly FieldChoice[];
}

/**
 * The high-value fields of paper section 4.2.2: choose the column with the most information gain (the first of
 * equals), split the machines by its values, and do the same in each part until a part is of one class or no
 * column has a gain.
 * @param rows the training machines; default all
 */
export function highValueFields(
  matrix: Matrix,
  labels: readonly string[],
  rows?: Int32Array,
): HighValueFields {
  const choices: FieldChoice[] = [];
  choose(matrix, labelsOf(labels), rows ?? Int32Array.from(matrix.rows.keys()), choices);
  return { fields: [...new Set(choices.map(({ field }) => field))], choices };
}

function choose(matrix: Matrix, labels: Labels, rows: Int32Array, choices: FieldChoice[]): void {
  if (rows.every((row) => labels.codes[row] === labels.codes[rows[0]!])) return;
  const { gains } = columnGains(matrix, labels, rows);
  let best = -1;
  for (let column = 0; column < gains.length; column++) {
    if (gains[column]! > (best < 0 ? 0 : gains[best]!) + tolerance) best = column;
  }
  if (best < 0) return;
  const [{ field, probe }, ...others] = matrix.members(best) as [{ field: string; probe: number }];
  const alike = [...new Set((others as { field: string }[]).map((other) => other.field))].filter(
    (name) => name !== field,
  );
  choices.push({ field, probe, gain: gains[best]!, machines: rows.length, alike });
  const from = best * matrix.rows.length;
  // Machines without a value are a part of their own.
  for (let code = -1; code < matrix.values[best]!; code++) {
    const part = rows.filter((row) => matrix.codes[from + row] === code);
    if (part.length > 0) choose(matrix, labels, part, choices);
  }
}

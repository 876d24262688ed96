import { type MachineSummary, NO_RESPONSE, PARTIAL } from '../../src/dataset/summary.js';

const copies = 4;
/** A probe that some copies answered. */
export const partial = null;

/** A summary written as its values, a row a probe. */
export function summary(
  machine: string,
  rows: readonly (readonly number[] | typeof partial)[],
  width: number,
  texts: readonly string[] = [],
): MachineSummary {
  const values = Float64Array.from(rows.flatMap((row) => row ?? Array<number>(width).fill(PARTIAL)));
  const answers = Uint16Array.from(
    rows.map((row) => (row === partial ? 1 : row[0] === NO_RESPONSE ? 0 : copies)),
  );
  return { machine, probes: rows.length, copies, answers, values, texts };
}

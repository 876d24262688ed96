import { noProbe } from '../dataset/column-member.js';
import type { Matrix } from '../dataset/matrix.js';

/** The columns that a probe shows, ascending, and the first field that does so for each. */
export interface ProbeColumns {
  readonly probe: number;
  readonly columns: number[];
  readonly fields: string[];
  /** (probe, field) pairs behind them: two fields of a probe may split the machines alike. */
  pairs: number;
}

/** What each probe shows that splits the machines, by number; probes that show nothing are left out. */
export function probeColumns(matrix: Matrix): ProbeColumns[] {
  const shown = new Map<number, ProbeColumns>();
  for (let column = 0; column < matrix.columns; column++)
    for (const { field, probe } of matrix.members(column)) {
      if (probe === noProbe) continue;
      const own = shown.get(probe) ?? { probe, columns: [], fields: [], pairs: 0 };
      shown.set(probe, own);
      own.pairs++;
      if (own.columns.at(-1) === column) continue;
      own.columns.push(column);
      own.fields.push(field);
    }
  return [...shown.values()].sort((one, other) => one.probe - other.probe);
}

import type { FieldSpec } from '../../src/dataset/summary.js';
import type { DuckDb } from './duckdb.js';

/**
 * Counts by SQL the (probe, field) pairs of `summary.parquet` that split its machines, those of partly answered probes left
 * out: `totals.informative` of the matrix. Which of them split alike is not asked.
 */
export async function splittingColumns(db: DuckDb, fields: readonly FieldSpec[]): Promise<number> {
  // One value for silence and one for a field that the response does not have, neither of which a field takes.
  const value = ({ name, kind }: FieldSpec) =>
    kind === 'text'
      ? `CASE WHEN answers = 0 THEN 'silent' ELSE coalesce("${name}", 'absent') END`
      : `CASE WHEN answers = 0 THEN -3 ELSE coalesce("${name}", -1) END`;
  const splits = (field: FieldSpec) => `(min(${value(field)}) <> max(${value(field)}))::INT`;
  const sql = `
    SELECT sum(columns)::INT FROM (
      SELECT ${fields.map(splits).join(' + ')} AS columns FROM 'summary.parquet'
      GROUP BY probe HAVING NOT bool_or(answers > 0 AND answers < copies))`;
  const found = await db.runAndReadAll(sql);
  return Number(found.getRowsJson()[0]?.[0] ?? 0);
}

import { existsSync } from 'node:fs';
import { CompactSummary } from '../dataset/compact-summary.js';
import { ParquetFile } from '../dataset/parquet-file.js';
import { RowTable } from '../dataset/row-table.js';
import type { MachineSummary } from '../dataset/summary.js';
import { readSummaries } from '../dataset/summary-reader.js';
import { revisionKey, summaryRevision } from '../dataset/summary-store.js';
import { InputError } from '../errors.js';
import { fields } from '../probe/fields.js';
import type { MachineRecord, RunFolder } from './run-folder.js';

/**
 * What a run wrote into its summary when it was last assembled, of the machines under one condition. Undefined where that must
 * be made anew of the raw responses: none was written, it is damaged or of another version or revision, or not of these very records.
 */
export function storedSummaries(
  folder: RunFolder,
  records: readonly MachineRecord[],
  wanted: string,
): MachineSummary[] | undefined {
  const path = folder.file('summary.parquet');
  if (!existsSync(path)) return undefined;
  const rows = new RowTable(fields.length);
  const found: CompactSummary[] = [];
  const named: string[] = [];
  try {
    using file = ParquetFile.open(path);
    if (file.metadata[revisionKey] !== summaryRevision) return undefined;
    for (const { condition = '', summary } of readSummaries(path, fields)) {
      named.push(JSON.stringify([summary.machine, condition]));
      if (condition === wanted) found.push(compacted(summary, rows));
    }
  } catch (error) {
    if (error instanceof InputError) return undefined;
    throw error;
  }
  const measured = records.filter(({ status }) => status === 'measured');
  const expected = measured.map(({ id, condition = '' }) => JSON.stringify([id, condition]));
  return named.toSorted().join() === expected.toSorted().join() ? found : undefined;
}

function compacted({ answers, copies, machine, probes, texts, values }: MachineSummary, table: RowTable) {
  const rows = new Uint32Array(probes);
  for (let probe = 0; probe < probes; probe++) rows[probe] = table.add(values, probe * table.width);
  return new CompactSummary(machine, copies, answers, texts, table, rows);
}

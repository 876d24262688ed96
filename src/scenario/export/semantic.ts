import type { ColumnSource } from 'hyparquet-writer';
import { writeFileAtomic } from '../../atomic-file.js';
import { writeParquet } from '../../dataset/parquet.js';
import { ABSENT, type MachineSummary, NONDET } from '../../dataset/summary.js';
import { csvLine, csvValue } from '../../dataset/summary-csv.js';
import { semanticFields } from '../../nmap/semantic.js';
import { measuredRecord } from '../explain/evidence.js';
import { scannedOnly } from '../learning-data.js';
import type { MachineRecord, RunFolder } from '../run-folder.js';
import { semanticSummaries } from '../semantic-matrix.js';

/**
 * Writes what several packets showed together: a row a machine (and condition), a column a semantic field. Empty is what no
 * scan showed; -2, or the text NONDET, where scans disagreed.
 *
 * @returns rows written
 * @throws InputError when the run's machines were not scanned, or for a machine that it does not have
 */
export async function exportSemantic(
  folder: RunFolder,
  file: string,
  format: 'csv' | 'parquet',
  machine?: string,
): Promise<number> {
  const [{ scenario }, manifest] = await Promise.all([folder.readScenario(), folder.readManifest()]);
  scannedOnly(folder, scenario);
  const found =
    machine === undefined
      ? await Promise.all(manifest.machines.map((id) => folder.readRecord(id)))
      : [await measuredRecord(folder, manifest, machine)];
  const records = found.filter((record) => record?.status === 'measured') as MachineRecord[];
  const summaries = semanticSummaries(records);
  const conditions = scenario.conditions.length > 0;
  if (format === 'csv') await writeFileAtomic(file, csvLines(records, summaries, conditions));
  else await writeParquet(file, columnsOf(records, summaries, conditions));
  return records.length;
}

function* csvLines(
  records: readonly MachineRecord[],
  summaries: readonly MachineSummary[],
  conditions: boolean,
): Generator<string> {
  const head = ['machine', ...(conditions ? ['condition'] : [])];
  yield csvLine([...head, ...semanticFields.map(({ name }) => name)]);
  for (const [row, { condition = '', id }] of records.entries()) {
    const { texts, values } = summaries[row]!;
    const cells = semanticFields.map((field, index) => csvValue(field, values[index]!, texts));
    yield `${csvLine([id, ...(conditions ? [condition] : [])]).trimEnd()},${cells.join(',')}\r\n`;
  }
}

function columnsOf(
  records: readonly MachineRecord[],
  summaries: readonly MachineSummary[],
  conditions: boolean,
): ColumnSource[] {
  return [
    { name: 'machine', type: 'STRING', data: records.map(({ id }) => id) },
    ...(conditions
      ? [{ name: 'condition', type: 'STRING' as const, data: records.map(({ condition = '' }) => condition) }]
      : []),
    ...semanticFields.map(({ kind, name }, field): ColumnSource => {
      const data = summaries.map(({ texts, values }) => {
        const value = values[field]!;
        if (value === NONDET) return kind === 'text' ? 'NONDET' : BigInt(NONDET);
        if (value <= ABSENT) return null;
        return kind === 'text' ? texts[value]! : BigInt(value);
      });
      return { name, type: kind === 'text' ? 'STRING' : 'INT64', data, nullable: true };
    }),
  ];
}

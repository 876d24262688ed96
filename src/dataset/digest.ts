import { createHash } from 'node:crypto';
import { type FieldSpec, type MachineSummary, NONDET } from './summary.js';

/**
 * SHA-256, hex, of a dataset's meaning: for each machine in the order of names, for each probe, the copies
 * answered and each field's value, texts written out. Free of times, file layout and dictionary order.
 */
export function datasetDigest(summaries: readonly MachineSummary[], fields: readonly FieldSpec[]): string {
  const hash = createHash('sha256');
  hash.update(`${fields.map((field) => field.name).join(' ')}\n`);
  const ordered = [...summaries].sort((a, b) => (a.machine < b.machine ? -1 : 1));
  for (const { machine, probes, copies, answers, values, texts } of ordered) {
    hash.update(`${machine} ${probes} ${copies}\n`);
    for (let probe = 0; probe < probes; probe++) {
      const line: (string | number)[] = [answers[probe]!];
      for (const [index, field] of fields.entries()) {
        const value = values[probe * fields.length + index]!;
        line.push(
          field.kind === 'text' && value >= 0 ? JSON.stringify(texts[value]) : value === NONDET ? 'N' : value,
        );
      }
      hash.update(`${line.join(' ')}\n`);
    }
  }
  return hash.digest('hex');
}

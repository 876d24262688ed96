import { type MachineSummary, PARTIAL, valueText } from '../../dataset/summary.js';
import { InputError } from '../../errors.js';
import { fieldIndex, fields } from '../../probe/fields.js';
import { nearestName } from '../nearest-name.js';

/** A value of a field, and the pairs of machine and probe whose summary has it. */
export interface ValueCount {
  readonly value: string;
  readonly pairs: number;
  readonly machines: number;
  /** One that has it. */
  readonly machine: string;
  readonly probe: number;
}

/** Position of a field. Throws InputError for one that there is not. */
export function fieldNamed(name: string): number {
  const names = fields.map((field) => field.name);
  if (names.includes(name)) return fieldIndex(name);
  const near = nearestName(name, names);
  throw new InputError(`no response field is called "${name}"`, {
    remedy: `${near ? `did you mean "${near}"? ` : ''}there are: ${names.join(', ')}`,
  });
}

/** Throws InputError for a probe that was not sent. */
export function probeNumbered(probe: number, count: number): void {
  if (probe < count) return;
  throw new InputError(`the run has no probe ${probe}: it sent ${count}`, {
    remedy: `give --probe a number from 0 to ${count - 1}`,
  });
}

/** Counts the values of a field. */
export class ValueCounts {
  private readonly counts = new Map<string, { -readonly [Key in keyof ValueCount]: ValueCount[Key] }>();

  constructor(private readonly field: number) {}

  add(summary: MachineSummary, only?: number): void {
    const { machine, probes, values, texts } = summary;
    const seen = new Set<string>();
    for (let probe = only ?? 0; probe < (only === undefined ? probes : only + 1); probe++) {
      const coded = values[probe * fields.length + this.field]!;
      const value = coded === PARTIAL ? 'partial' : valueText(fields[this.field]!, coded, texts);
      const known = this.counts.get(value) ?? { value, pairs: 0, machines: 0, machine, probe };
      this.counts.set(value, known);
      known.pairs++;
      if (!seen.has(value)) known.machines++;
      seen.add(value);
    }
  }

  /** The most frequent first. */
  all(): ValueCount[] {
    return [...this.counts.values()].sort((a, b) => b.pairs - a.pairs || (a.value < b.value ? -1 : 1));
  }
}

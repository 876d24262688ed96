import { ABSENT, type FieldSpec } from '../probe/fields.js';

export { ABSENT, type FieldKind, type FieldSpec } from '../probe/fields.js';

/** The copies of the probe disagreed about the field (paper section 4.1). */
export const NONDET = -2;
/** No copy of the probe was answered: silence, a value of its own (paper section 4.1). */
export const NO_RESPONSE = -3;
/** Only some copies were answered: unusable by the paper's rule, treated as missing. */
export const PARTIAL = -4;
/** Nothing is known about this one value, as in tables that others made. */
export const UNKNOWN = -5;

/**
 * One machine's summary: the copies of each probe collapsed into one response.
 * `values` is row-major, probes x fields; text fields hold indices into `texts`.
 */
export interface MachineSummary {
  readonly machine: string;
  readonly probes: number;
  readonly copies: number;
  /** Copies answered, per probe: 0..copies. */
  readonly answers: Uint16Array;
  readonly values: Float64Array;
  /** Dictionary of the text fields' values; shared by all machines of a dataset. */
  readonly texts: readonly string[];
}

/** A value as it is shown: `64`, `"M,S,T"`, `absent`, `nondeterministic`, `no response`. */
export function valueText(field: FieldSpec, value: number, texts: readonly string[]): string {
  if (value === ABSENT) return 'absent';
  if (value === NONDET) return 'nondeterministic';
  if (value === NO_RESPONSE) return 'no response';
  return field.kind === 'text' ? JSON.stringify(texts[value] ?? '') : String(value);
}

/** The summary of some of the probes, in the order given. */
export function summaryOfProbes(summary: MachineSummary, probes: readonly number[]): MachineSummary {
  const given = summary.values;
  const width = given.length / summary.probes;
  const values = new Float64Array(probes.length * width);
  for (const [to, probe] of probes.entries())
    values.set(given.subarray(probe * width, (probe + 1) * width), to * width);
  const answers = Uint16Array.from(probes, (probe) => summary.answers[probe]!);
  const { copies, machine, texts } = summary;
  return { machine, probes: probes.length, copies, answers, values, texts };
}

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
  readonly answers: Uint8Array;
  readonly values: Float64Array;
  /** Dictionary of the text fields' values; shared by all machines of a dataset. */
  readonly texts: readonly string[];
}

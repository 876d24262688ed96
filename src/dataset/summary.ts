/** Value kinds of a response field: a number (0..2^32-1) or a short text such as an option order. */
export type FieldKind = 'number' | 'text';

/** What a dataset says about one of its columns; the table itself is `src/probe/fields.ts`. */
export interface FieldSpec {
  /** Stable dotted name, e.g. `ip.ttl`, `tcp.options.order`. */
  readonly name: string;
  readonly kind: FieldKind;
}

/** The response came but the field is not in it (no such option, other protocol). */
export const ABSENT = -1;
/** The copies of the probe disagreed about the field (paper section 4.1). */
export const NONDET = -2;
/** No copy of the probe was answered: silence, a value of its own (paper section 4.1). */
export const NO_RESPONSE = -3;
/** Only some copies were answered: unusable by the paper's rule, treated as missing. */
export const PARTIAL = -4;

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

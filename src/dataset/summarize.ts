import { CompactSummary } from './compact-summary.js';
import type { Responses } from './responses.js';
import { RowTable } from './row-table.js';
import { ABSENT, NO_RESPONSE, NONDET, PARTIAL } from './summary.js';
import type { TextTable } from './texts.js';

/** Writes the fields of one response into `out` from `at` on: numbers, ABSENT, or indices into the texts. */
export type FieldReader = (frame: Uint8Array, out: Float64Array, at: number) => void;

/** How a field behaved over the copies of all fully answered probes. */
export interface Determinism {
  /** Index k: response fields with k + 1 distinct values over the copies (paper figure 2b). */
  readonly uniqueValues: number[];
  /** Index k: response fields on which the first k + 1 copies agree (paper figure 3a). */
  readonly agreeing: number[];
  /** Index k: probes with k copies answered (paper figure 3b). */
  readonly answeredCopies: number[];
  /** Per field: summaries in which it was constant, and in which it was not. */
  readonly constant: number[];
  readonly nondeterministic: number[];
}

/** The fields of what a machine answered, copy by copy. */
export interface CopyFields {
  readonly probes: number;
  readonly copies: number;
  /** Writes those of a response as a {@link FieldReader} does; false for silence. */
  read(probe: number, copy: number, out: Float64Array, at: number): boolean;
}

/** {@link CopyFields} of frames, each read as it stands. */
export function fieldsOfFrames(responses: Responses, readFields: FieldReader): CopyFields {
  const { probes, copies } = responses;
  const read: CopyFields['read'] = (probe, copy, out, at) => {
    const frame = responses.frame(probe, copy);
    if (frame) readFields(frame, out, at);
    return frame !== undefined;
  };
  return { probes, copies, read };
}

export interface SummarizeOptions {
  readonly machine: string;
  readonly answers: CopyFields;
  readonly fields: number;
  readonly texts: TextTable;
  /** Where rows of the summary are kept, for all machines of a dataset; default: it has its own. */
  readonly rows?: RowTable;
}

/**
 * Collapses the copies of each probe into one summary response (paper section 4.1 and appendix A): a field
 * on which all copies agree keeps its value, one on which they differ becomes NONDET.
 */
export function summarize(options: SummarizeOptions): { summary: CompactSummary; determinism: Determinism } {
  const { machine, answers: given, fields, texts } = options;
  const { probes, copies } = given;
  const answers = new Uint16Array(probes);
  const table = options.rows ?? new RowTable(fields);
  const rows = new Uint32Array(probes);
  const values = new Float64Array(fields);
  const copyValues = new Float64Array(copies * fields);
  const determinism: Determinism = {
    uniqueValues: new Array<number>(copies).fill(0),
    agreeing: new Array<number>(copies).fill(0),
    answeredCopies: new Array<number>(copies + 1).fill(0),
    constant: new Array<number>(fields).fill(0),
    nondeterministic: new Array<number>(fields).fill(0),
  };
  for (let probe = 0; probe < probes; probe++) {
    let answered = 0;
    for (let copy = 0; copy < copies; copy++)
      if (given.read(probe, copy, copyValues, answered * fields)) answered++;
    answers[probe] = answered;
    determinism.answeredCopies[answered]!++;
    if (answered < copies) {
      rows[probe] = table.add(values.fill(answered === 0 ? NO_RESPONSE : PARTIAL));
      continue;
    }
    for (let field = 0; field < fields; field++) {
      const distinct = distinctOf(copyValues, field, fields);
      const only = distinct === 1 ? copyValues[field]! : NONDET;
      values[field] = only;
      if (only === ABSENT) continue;
      determinism.uniqueValues[distinct - 1]!++;
      const agree = distinct === 1 ? copies : agreeing(copyValues, field, fields);
      determinism.agreeing[agree - 1]!++;
      (only === NONDET ? determinism.nondeterministic : determinism.constant)[field]!++;
    }
    rows[probe] = table.add(values);
  }
  // So far it has the fields that differ right after so many copies.
  for (let copy = copies - 2; copy >= 0; copy--)
    determinism.agreeing[copy]! += determinism.agreeing[copy + 1]!;
  const summary = new CompactSummary(machine, copies, answers, texts.texts, table, rows);
  return { summary, determinism };
}

/** How many distinct values lie `step` apart, from `first` on; nearly always it is one. */
function distinctOf(values: Float64Array, first: number, step: number): number {
  let at = first + step;
  while (at < values.length && values[at] === values[first]) at += step;
  if (at >= values.length) return 1;
  const distinct = new Set<number>();
  for (at = first; at < values.length; at += step) distinct.add(values[at]!);
  return distinct.size;
}

/** How many values `step` apart are equal to the first before one is not; at least 1. */
function agreeing(values: Float64Array, first: number, step: number): number {
  let count = 1;
  while (values[first + count * step] === values[first]) count++;
  return count;
}

/** Adds up the determinism of several machines. */
export function addDeterminism(all: readonly Determinism[], copies: number, fields: number): Determinism {
  const sum = (pick: (one: Determinism) => readonly number[], length: number) =>
    Array.from({ length }, (_, k) => all.reduce((total, one) => total + (pick(one)[k] ?? 0), 0));
  return {
    uniqueValues: sum((one) => one.uniqueValues, copies),
    agreeing: sum((one) => one.agreeing, copies),
    answeredCopies: sum((one) => one.answeredCopies, copies + 1),
    constant: sum((one) => one.constant, fields),
    nondeterministic: sum((one) => one.nondeterministic, fields),
  };
}

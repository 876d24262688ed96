import { buildMatrix, type Matrix } from '../dataset/matrix.js';
import { ABSENT, type MachineSummary, NONDET } from '../dataset/summary.js';
import { TextTable } from '../dataset/texts.js';
import { semanticFields, semanticValues } from '../nmap/semantic.js';
import { parseSubject } from '../nmap/subject-text.js';
import type { NmapResult, NmapScanResult } from '../report/nmap-result.js';

/** A machine, perhaps under a condition, and what nmap's probes found of it. */
export interface Scanned {
  readonly id: string;
  readonly nmap?: NmapResult | undefined;
}

function valuesOf(scan: NmapScanResult, id: string): (number | string | undefined)[] {
  return semanticValues({
    fingerprint: parseSubject(scan.text, `the fingerprint of ${id}`).fingerprint,
    quote: scan.quote ?? undefined,
    order: scan.order,
    retransmissions: scan.retransmissions_ms ?? undefined,
    timestampHz: scan.timestamp_hz ?? undefined,
    timestampOffset: scan.timestamp_offset ?? undefined,
  });
}

/** The value in which the scans that show any agree. */
function agreed(values: readonly (number | string | undefined)[], texts: TextTable): number {
  const different = [...new Set(values.filter((value) => value !== undefined))];
  const [value] = different;
  if (value === undefined) return ABSENT;
  if (different.length > 1) return NONDET;
  return typeof value === 'string' ? texts.index(value) : value;
}

function summaryOf({ id, nmap }: Scanned, texts: TextTable): MachineSummary {
  const scans = (nmap?.scans ?? []).map((scan) => valuesOf(scan, id));
  const values = Float64Array.from(semanticFields, (_, field) =>
    agreed(
      scans.map((scan) => scan[field]),
      texts,
    ),
  );
  return { machine: id, probes: 1, copies: 1, answers: Uint16Array.of(1), values, texts: texts.texts };
}

/** The semantic attributes of each machine, as a summary of one row. */
export function semanticSummaries(machines: readonly Scanned[]): MachineSummary[] {
  const texts = new TextTable();
  return machines.map((machine) => summaryOf(machine, texts));
}

/** The semantic attributes of machines as a matrix of one row each; no column of it is of a probe. */
export function semanticMatrix(machines: readonly Scanned[]): Matrix {
  return buildMatrix(semanticSummaries(machines), semanticFields);
}

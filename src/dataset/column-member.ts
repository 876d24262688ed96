/** Stands for the probe of a field that is not of one. */
export const noProbe = -1;

/** One (probe, field) pair; `probe` counts from 0 in the order of the summaries, or is {@link noProbe}. */
export interface ColumnMember {
  readonly probe: number;
  readonly field: string;
}

/** `tcp.window of probe 12`. */
export function memberName({ field, probe }: ColumnMember): string {
  return probe === noProbe ? field : `${field} of probe ${probe}`;
}

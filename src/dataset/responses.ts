/** What one machine answered: to copy c of probe p one frame, or silence. */
export interface Responses {
  readonly probes: number;
  readonly copies: number;
  has(probe: number, copy: number): boolean;
  /** The frame, valid until it is asked for the next; undefined for silence. */
  frame(probe: number, copy: number): Uint8Array | undefined;
}
